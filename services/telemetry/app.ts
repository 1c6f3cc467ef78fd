import { Router } from 'express';
import * as v from 'valibot';
import type { ServiceContext } from '../shared/context.ts';
import { gaugeOf } from '../shared/metrics.ts';
import { parseInput, Problem } from '../shared/problem.ts';
import { type App, createShell } from '../shared/shell.ts';
import type { Config } from './config.ts';
import { createForwarder } from './forward.ts';
import { parseExport, type Span } from './span.ts';
import { createTraceStore } from './trace-store.ts';

const number = v.pipe(v.string(), v.regex(/^\d+(\.\d+)?$/, 'must be a number'), v.toNumber());
const searchQuery = v.object({
  service: v.optional(v.string()),
  sinceMs: v.optional(number),
  untilMs: v.optional(number),
  status: v.optional(v.picklist(['error'], 'can only be error')),
  limit: v.optional(
    v.pipe(number, v.integer('must be whole'), v.minValue(1, 'is below 1'), v.maxValue(1_000, 'is over 1000')),
    '50',
  ),
});

/** Receives spans as OTLP/HTTP JSON, keeps the newest, and answers by trace id or by time. */
export function createApp(service: ServiceContext, config: Config): App {
  const store = createTraceStore({ traces: config.TRACES_KEPT, bytes: config.STORE_MEGABYTES * 1024 * 1024 });
  gaugeOf(service.metrics, 'traces_kept', 'Traces that are remembered', () => store.traces);
  gaugeOf(service.metrics, 'trace_store_bytes', 'Estimated size of the store', () => store.bytes);
  const forward = createForwarder(config.FORWARD_URL);
  const routes = Router();

  routes.post('/v1/traces', (request, response) => {
    if (!request.is('application/json')) {
      throw new Problem(415, 'Only OTLP in JSON is understood here: OTEL_EXPORTER_OTLP_PROTOCOL=http/json.');
    }
    store.add(readExport(request.body));
    forward(request.body);
    response.json({ partialSuccess: {} });
  });
  routes.get('/api/traces/:traceId', (request, response) => {
    const spans = store.trace(request.params.traceId.toLowerCase());
    if (!spans) {
      throw new Problem(404, 'There is no such trace, or it was too long ago.');
    }
    response.json({ traceId: request.params.traceId.toLowerCase(), spans });
  });
  routes.get('/api/traces', (request, response) => {
    const { status, ...query } = parseInput(searchQuery, request.query);
    response.json({ traces: store.search({ ...query, errorOnly: status === 'error' }) });
  });

  return {
    handler: createShell(service, { routes, bodyLimit: '4mb', traced: false, quiet: true }),
    close: async () => {},
  };
}

function readExport(body: unknown): Span[] {
  try {
    return parseExport(body);
  } catch (error) {
    throw v.isValiError(error) ? new Problem(400, `This is no OTLP export: ${error.message}.`) : error;
  }
}
