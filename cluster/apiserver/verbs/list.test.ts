import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeContinue } from '../continue-token.ts';
import {
  configMap,
  configMaps,
  deployments,
  pods,
  startApi,
  type Answer,
  type ApiUnderTest,
} from '../testing/api-under-test.ts';

let api: ApiUnderTest;

beforeEach(async () => {
  api = await startApi();
  for (const name of ['a', 'b', 'c', 'd', 'e']) await api.ask('POST', configMaps, configMap(name));
});

afterEach(() => api.server.close());

const list = (query: string, path = configMaps) => api.ask('GET', path, undefined, { query });
const names = ({ object }: Answer) => (object.items ?? []).map(({ metadata }) => metadata.name);
const metaOf = ({ object }: Answer) =>
  object.metadata as { continue?: string; remainingItemCount?: number; resourceVersion?: string };

const invalidToken = 'invalid continue token: continue key is not valid:';

describe('a list with a limit', () => {
  it('comes in parts that all show the version of the first', async () => {
    const first = await list('limit=2');
    expect(names(first)).toEqual(['a', 'b']);
    expect(metaOf(first)).toMatchObject({ remainingItemCount: 3, continue: expect.any(String) });
    await api.ask('DELETE', `${configMaps}/c`);
    await api.ask('POST', configMaps, configMap('bb'));
    const second = await list(`limit=2&continue=${metaOf(first).continue}`);
    expect(names(second)).toEqual(['c', 'd']);
    expect(metaOf(second).resourceVersion).toBe(metaOf(first).resourceVersion);
    const last = await list(`limit=2&continue=${metaOf(second).continue}`);
    expect(names(last)).toEqual(['e']);
    expect(metaOf(last)).not.toHaveProperty('continue');
  });

  it('over all namespaces goes on in the right one, and with a selector leaves the rest uncounted', async () => {
    await api.ask('POST', '/api/v1/namespaces', { metadata: { name: 'annex' } });
    await api.ask('POST', '/api/v1/namespaces/annex/configmaps', configMap('z', { labels: { a: 'b' } }));
    const first = await list('limit=1', '/api/v1/configmaps');
    expect(names(first)).toEqual(['z']);
    expect(decodeContinue(metaOf(first).continue ?? '').startKey).toBe('shop/a');
    const second = await list(`limit=9&continue=${metaOf(first).continue}`, '/api/v1/configmaps');
    expect(names(second)).toEqual(['a', 'b', 'c', 'd', 'e']);
    const selected = await list('limit=2&fieldSelector=metadata.name!%3Da');
    expect(names(selected)).toEqual(['b', 'c']);
    expect(metaOf(selected)).not.toHaveProperty('remainingItemCount');
  });

  it('has the continuation in tables too', async () => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
    const { object } = await api.ask('GET', configMaps, undefined, { query: 'limit=4', accept });
    expect(object).toMatchObject({ kind: 'Table', metadata: { remainingItemCount: 1, continue: expect.any(String) } });
  });

  it('is whole when any version will do', async () => {
    expect(names(await list('limit=2&resourceVersion=0'))).toHaveLength(5);
  });

  it('cannot go on for ever: an old token is Expired and offers one that goes on with what is there now', async () => {
    const first = await list('limit=4');
    for (let turn = 0; turn < 1001; turn++) {
      await api.ask('PUT', `${configMaps}/a`, { metadata: { name: 'a' }, data: { turn: String(turn) } });
    }
    await api.ask('POST', configMaps, configMap('f'));
    const late = await list(`limit=4&continue=${metaOf(first).continue}`);
    expect(late).toMatchObject({ code: 410, object: { reason: 'Expired' } });
    expect(late.object.message).toMatch(/^The provided continue parameter is too old to display a consistent list/);
    expect(names(await list(`continue=${metaOf(late).continue}`))).toEqual(['e', 'f']);
  });

  it.each([
    // The first two as a real API server said them.
    ['continue=%21%21', `${invalidToken} illegal base64 data at input byte 0`],
    ['continue=abc', `${invalidToken} invalid character 'i' looking for beginning of value`],
    ['continue=abcde', `${invalidToken} illegal base64 data at input byte 4`],
    ['continue=e30', `${invalidToken} server does not recognize this encoded version `],
    ['continue=e30&resourceVersion=5', 'specifying resource version is not allowed when using continue'],
    ['limit=many', 'strconv.ParseInt: parsing "many": invalid syntax'],
  ])('refuses %s', async (query, message) => {
    expect(await list(query)).toMatchObject({ code: 400, object: { message } });
  });
});

describe('a list of a version', () => {
  it('is exactly that one, or one at least as new', async () => {
    const before = metaOf(await list('')).resourceVersion;
    await api.ask('PATCH', `${configMaps}/b`, { data: { key: 'new' } }, { type: 'application/merge-patch+json' });
    await api.ask('DELETE', `${configMaps}/a`);
    const exact = await list(`resourceVersion=${before}&resourceVersionMatch=Exact`);
    expect(names(exact)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(exact.object.items?.[1]).toMatchObject({ data: { key: 'a' } });
    expect(metaOf(exact).resourceVersion).toBe(before);
    expect(names(await list(`resourceVersion=${before}&resourceVersionMatch=NotOlderThan`))).toHaveLength(4);
    expect(names(await list(`resourceVersion=${before}`))).toHaveLength(4);
  });

  it('that has not come yet is a time-out that clients know', async () => {
    expect(await list('resourceVersion=99999')).toMatchObject({
      code: 504,
      object: { reason: 'Timeout', details: { causes: [{ reason: 'ResourceVersionTooLarge' }] } },
    });
  });

  it.each([
    ['resourceVersionMatch=Exact', 'resourceVersionMatch is forbidden unless resourceVersion is provided'],
    ['resourceVersionMatch=Exact&resourceVersion=0', '"exact" is forbidden for resourceVersion "0"'],
    ['resourceVersionMatch=exact&resourceVersion=1', 'supported values: "Exact", "NotOlderThan", ""'],
    ['watch=true&resourceVersionMatch=NotOlderThan', 'is forbidden for watch unless sendInitialEvents is provided'],
    ['watch=true&sendInitialEvents=true', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'],
  ])('refuses %s', async (query, message) => {
    const answer = await list(query);
    expect(answer).toMatchObject({ code: 422, object: { message: expect.stringContaining(message) } });
  });

  it('by a field that nothing is selected by is refused, in the words of the kind', async () => {
    const refusal = async (path: string) =>
      (await api.ask('GET', path, undefined, { query: 'fieldSelector=spec.replicas%3D1' })).object.message;
    expect(await refusal(deployments)).toBe(
      '"spec.replicas" is not a known field selector: only "metadata.name", "metadata.namespace"',
    );
    expect(await refusal(pods)).toBe('field label not supported: spec.replicas');
    expect(await refusal('/apis/batch/v1/jobs')).toBe('field label "spec.replicas" not supported for batchv1.Job');
  });
});
