import { describe, expect, it } from 'vitest';
import { post, startForTest } from '../shared/testing.ts';
import { createApp } from './app.ts';
import { variables } from './config.ts';

const traceId = 'a'.repeat(32);

function exportOf(service: string, spans: object[]): object {
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: service } }] };
  return { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] };
}

function span(fields: object): object {
  return {
    traceId,
    spanId: '1'.repeat(16),
    name: 'POST /orders',
    kind: 2,
    startTimeUnixNano: '1000000000000000000',
    endTimeUnixNano: '1000000000250000000',
    attributes: [{ key: 'http.response.status_code', value: { intValue: 200 } }],
    status: { code: 0 },
    ...fields,
  };
}

describe('telemetry', () => {
  it('puts the spans of several services together into one trace', async () => {
    const { url } = await startForTest('telemetry', createApp, variables);
    await post(
      `${url}/v1/traces`,
      exportOf('database-service', [
        span({
          spanId: '2'.repeat(16),
          parentSpanId: '1'.repeat(16),
          startTimeUnixNano: '1000000000100000000',
          status: { code: 2 },
        }),
      ]),
    );
    await post(`${url}/v1/traces`, exportOf('gateway', [span({})]));
    const trace = (await (await fetch(`${url}/api/traces/${traceId}`)).json()) as { spans: object[] };
    expect(trace.spans).toMatchObject([
      {
        service: 'gateway',
        kind: 'server',
        durationMs: 250,
        status: 'unset',
        attributes: { 'http.response.status_code': 200 },
      },
      { service: 'database-service', parentSpanId: '1'.repeat(16), durationMs: 150, status: 'error' },
    ]);
    const found = await (await fetch(`${url}/api/traces?service=database-service&status=error`)).json();
    expect(found).toMatchObject({
      traces: [
        { traceId, rootService: 'gateway', rootName: 'POST /orders', durationMs: 250, spanCount: 2, error: true },
      ],
    });
    expect(await (await fetch(`${url}/api/traces?sinceMs=1000000000001`)).json()).toEqual({ traces: [] });
  });

  it('forgets the oldest traces over its bound', async () => {
    const { url } = await startForTest('telemetry', createApp, variables, { TRACES_KEPT: '1' });
    await post(`${url}/v1/traces`, exportOf('gateway', [span({})]));
    await post(`${url}/v1/traces`, exportOf('gateway', [span({ traceId: 'b'.repeat(32) })]));
    expect((await fetch(`${url}/api/traces/${traceId}`)).status).toBe(404);
    expect((await fetch(`${url}/api/traces/${'b'.repeat(32)}`)).status).toBe(200);
  });

  it('refuses what is no export, and says which format it wants', async () => {
    const { url } = await startForTest('telemetry', createApp, variables);
    expect((await post(`${url}/v1/traces`, { resourceSpans: 7 })).status).toBe(400);
    const protobuf = await post(`${url}/v1/traces`, 'x', { 'content-type': 'application/x-protobuf' });
    expect(protobuf.status).toBe(415);
    expect(await protobuf.text()).toContain('http/json');
    expect((await fetch(`${url}/api/traces?limit=many`)).status).toBe(400);
  });
});
