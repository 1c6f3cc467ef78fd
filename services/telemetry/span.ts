import * as v from 'valibot';

export interface Span {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  service: string;
  name: string;
  kind: 'server' | 'client' | 'internal';
  startMs: number;
  durationMs: number;
  status: 'ok' | 'error' | 'unset';
  attributes: Record<string, string | number | boolean>;
}

const maxTextLength = 512;
const maxAttributes = 32;
const hexId = v.pipe(v.string(), v.regex(/^[0-9a-f]{16,32}$/i), v.toLowerCase());
// OTLP/JSON writes 64-bit integers as strings, some senders write numbers.
const nanos = v.union([v.string(), v.number()]);

const attribute = v.object({
  key: v.string(),
  value: v.optional(
    v.object({
      stringValue: v.optional(v.string()),
      intValue: v.optional(v.union([v.string(), v.number()])),
      doubleValue: v.optional(v.number()),
      boolValue: v.optional(v.boolean()),
    }),
    {},
  ),
});

const exportRequest = v.object({
  resourceSpans: v.optional(
    v.array(
      v.object({
        resource: v.optional(v.object({ attributes: v.optional(v.array(attribute), []) }), {}),
        scopeSpans: v.optional(
          v.array(
            v.object({
              spans: v.optional(
                v.array(
                  v.object({
                    traceId: hexId,
                    spanId: hexId,
                    parentSpanId: v.optional(v.string(), ''),
                    name: v.string(),
                    kind: v.optional(v.number(), 0),
                    startTimeUnixNano: nanos,
                    endTimeUnixNano: nanos,
                    attributes: v.optional(v.array(attribute), []),
                    status: v.optional(v.object({ code: v.optional(v.number(), 0) }), {}),
                  }),
                ),
                [],
              ),
            }),
          ),
          [],
        ),
      }),
    ),
    [],
  ),
});

const kinds: Record<number, Span['kind']> = { 2: 'server', 3: 'client' };
const statuses = ['unset', 'ok', 'error'] as const;

/**
 * The spans of one OTLP/JSON export.
 * @throws v.ValiError when it is none
 */
export function parseExport(body: unknown): Span[] {
  const spans: Span[] = [];
  for (const { resource, scopeSpans } of v.parse(exportRequest, body).resourceSpans) {
    const service = String(attributesOf(resource.attributes ?? [])['service.name'] ?? 'unknown');
    for (const span of scopeSpans.flatMap((scope) => scope.spans)) {
      const startMs = Number(span.startTimeUnixNano) / 1e6;
      spans.push({
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId,
        service,
        name: span.name.slice(0, maxTextLength),
        kind: kinds[span.kind] ?? 'internal',
        startMs,
        durationMs: Math.max(0, Number(span.endTimeUnixNano) / 1e6 - startMs),
        status: statuses[span.status.code ?? 0] ?? 'unset',
        attributes: attributesOf(span.attributes),
      });
    }
  }
  return spans;
}

function attributesOf(list: v.InferOutput<typeof attribute>[]): Span['attributes'] {
  const attributes: Span['attributes'] = {};
  for (const { key, value } of list.slice(0, maxAttributes)) {
    const plain =
      value.stringValue?.slice(0, maxTextLength) ??
      value.boolValue ??
      value.doubleValue ??
      (value.intValue === undefined ? undefined : Number(value.intValue));
    if (plain !== undefined) {
      attributes[key] = plain;
    }
  }
  return attributes;
}
