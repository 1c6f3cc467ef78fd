import type { Span } from './span.ts';

export interface TraceSummary {
  traceId: string;
  rootService: string;
  rootName: string;
  startMs: number;
  durationMs: number;
  spanCount: number;
  services: string[];
  error: boolean;
}

export interface TraceQuery {
  service?: string;
  sinceMs?: number;
  untilMs?: number;
  errorOnly?: boolean;
  limit: number;
}

export interface TraceStore {
  add(spans: readonly Span[]): void;
  /** In order of their start. */
  trace(traceId: string): Span[] | undefined;
  /** Newest first. */
  search(query: TraceQuery): TraceSummary[];
  readonly traces: number;
  readonly bytes: number;
}

const maxSpansPerTrace = 500;

interface Trace {
  spans: Span[];
  bytes: number;
}

/** Traces by id. Over either bound, the oldest go. */
export function createTraceStore(limits: { traces: number; bytes: number }): TraceStore {
  const traces = new Map<string, Trace>();
  let bytes = 0;

  function dropOldest(): void {
    const [traceId, trace] = traces.entries().next().value as [string, Trace];
    traces.delete(traceId);
    bytes -= trace.bytes;
  }

  return {
    add(spans) {
      for (const span of spans) {
        const trace = traces.get(span.traceId) ?? { spans: [], bytes: 0 };
        traces.set(span.traceId, trace);
        if (trace.spans.length < maxSpansPerTrace) {
          const size = sizeOf(span);
          trace.spans.push(span);
          trace.bytes += size;
          bytes += size;
        }
      }
      while (traces.size > limits.traces || (bytes > limits.bytes && traces.size > 1)) {
        dropOldest();
      }
    },
    trace: (traceId) => traces.get(traceId)?.spans.toSorted((one, other) => one.startMs - other.startMs),
    search(query) {
      const found: TraceSummary[] = [];
      for (const [traceId, { spans }] of [...traces].toReversed()) {
        if (found.length >= query.limit) {
          break;
        }
        const summary = summarize(traceId, spans);
        if (matches(summary, query)) {
          found.push(summary);
        }
      }
      return found;
    },
    get traces() {
      return traces.size;
    },
    get bytes() {
      return bytes;
    },
  };
}

function matches(summary: TraceSummary, query: TraceQuery): boolean {
  return (
    (query.service === undefined || summary.services.includes(query.service)) &&
    (query.sinceMs === undefined || summary.startMs >= query.sinceMs) &&
    (query.untilMs === undefined || summary.startMs <= query.untilMs) &&
    (!query.errorOnly || summary.error)
  );
}

/** The root is the span whose parent is not here: while a trace is still arriving, the topmost that we know. */
function summarize(traceId: string, spans: readonly Span[]): TraceSummary {
  const ids = new Set(spans.map((span) => span.spanId));
  const startMs = Math.min(...spans.map((span) => span.startMs));
  const endMs = Math.max(...spans.map((span) => span.startMs + span.durationMs));
  const roots = spans.filter((span) => !ids.has(span.parentSpanId));
  const root = roots.toSorted((one, other) => one.startMs - other.startMs)[0];
  return {
    traceId,
    rootService: root?.service ?? '',
    rootName: root?.name ?? '',
    startMs,
    durationMs: endMs - startMs,
    spanCount: spans.length,
    services: [...new Set(spans.map((span) => span.service))],
    error: spans.some((span) => span.status === 'error'),
  };
}

/** An estimate, of the same order as what V8 keeps for it. */
function sizeOf(span: Span): number {
  let size = 400 + span.name.length;
  for (const [key, value] of Object.entries(span.attributes)) {
    size += 32 + key.length + String(value).length;
  }
  return size;
}
