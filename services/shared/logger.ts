import { type DestinationStream, type Logger, pino } from 'pino';
import { isSpanContextValid, trace } from '@opentelemetry/api';

export type { Logger } from 'pino';

/**
 * One JSON object a line on stdout. Written synchronously: the last lines before a kill are the ones that matter.
 */
export function createLogger(
  options: { service: string; version: string; level: string },
  destination?: DestinationStream,
): Logger {
  return pino(
    {
      level: options.level,
      base: { service: options.service, version: options.version },
      mixin: activeTrace,
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  );
}

function activeTrace(mergeObject: object): { traceId?: string; spanId?: string } {
  const span = 'traceId' in mergeObject ? undefined : trace.getActiveSpan()?.spanContext();
  return span && isSpanContextValid(span) ? { traceId: span.traceId, spanId: span.spanId } : {};
}
