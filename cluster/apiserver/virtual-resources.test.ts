import { isDeepStrictEqual } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/helpers/fake-clock.ts';
import { aggregatedMediaType } from './discovery.ts';
import { createApiServer, type ApiServer } from './server.ts';

const group = 'metrics.k8s.io';
const pathsOfMetrics = [
  `/apis/${group}`,
  `/apis/${group}/v1beta1`,
  `/apis/${group}/v1beta1/nodes`,
  `/apis/${group}/v1beta1/namespaces/default/pods`,
  `/apis/${group}/v1beta1/namespaces/default/pods/web`,
];

describe.each([true, false])('with a metrics server: %s', (metricsServer) => {
  let server: ApiServer;
  beforeEach(() => {
    server = createApiServer({ clock: new FakeClock(), metricsServer });
  });
  afterEach(() => server.close());

  const get = (path: string, accept?: string) =>
    server.handle({
      method: 'GET',
      path,
      query: new URLSearchParams(),
      headers: { accept },
      body: new Uint8Array(),
      user: 'kubernetes-admin',
      signal: new AbortController().signal,
    });

  it.each([undefined, aggregatedMediaType])('the group is named accordingly in discovery (%s)', async (accept) => {
    const answer = JSON.stringify(await get('/apis', accept));
    expect(answer).toContain('"apps"');
    expect(answer.includes(group)).toBe(metricsServer);
  });

  it('its paths are those of a group that there is, or that there is not', async () => {
    const unknown = await get('/apis/no.such.group/v1/things');
    const answers = await Promise.all(pathsOfMetrics.map((path) => get(path)));
    const isUnknown = answers.map((answer) => isDeepStrictEqual(answer, unknown));
    expect(isUnknown).toEqual(pathsOfMetrics.map(() => !metricsServer));
  });

  it('what else is made up stays', async () => {
    expect((await get('/api/v1/componentstatuses')).code).toBe(200);
    expect((await get('/api/v1/pods')).code).toBe(200);
  });
});
