import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ApiUnderTest,
  configMap,
  configMaps,
  named,
  pod,
  pods,
  startApi,
  tableAccept,
} from '../testing/api-under-test.ts';

let api: ApiUnderTest;

beforeEach(async () => {
  api = await startApi();
});

afterEach(() => api.server.close());

describe('a watch', () => {
  it('without a version starts with what is there', async () => {
    await api.ask('POST', configMaps, configMap('a'));
    const { frames } = await api.watch(configMaps);
    await api.ask('POST', configMaps, configMap('b'));
    expect(named(frames)).toEqual(['ADDED a', 'ADDED b']);
  });

  it('sends an object that enters the selection as added, one that leaves it as deleted', async () => {
    const type = 'application/merge-patch+json';
    const { frames } = await api.watch(configMaps, 'labelSelector=tier%3Dweb');
    await api.ask('POST', configMaps, configMap('a'));
    await api.ask('PATCH', `${configMaps}/a`, { metadata: { labels: { tier: 'web' } } }, { type });
    await api.ask('PATCH', `${configMaps}/a`, { data: { key: 'b' } }, { type });
    const left = await api.ask('PATCH', `${configMaps}/a`, { metadata: { labels: null } }, { type });
    await api.ask('DELETE', `${configMaps}/a`);
    expect(named(frames)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a']);
    expect(frames[2]?.object.metadata).toMatchObject({
      labels: { tier: 'web' },
      resourceVersion: left.object.metadata.resourceVersion,
    });
  });

  it('may be asked for by its path, as clients did of old', async () => {
    await api.ask('POST', configMaps, configMap('a'));
    const old = configMaps.replace('/api/v1/', '/api/v1/watch/');
    const [all, one] = [await api.watch(old), await api.watch(`${old}/b`)];
    await api.ask('POST', configMaps, configMap('b'));
    expect(named(all.frames)).toEqual(['ADDED a', 'ADDED b']);
    expect(named(one.frames)).toEqual(['ADDED b']);
  });

  it('ends a list-by-watch with the bookmark that clients wait for', async () => {
    await api.ask('POST', configMaps, configMap('a'));
    const { frames } = await api.watch(
      configMaps,
      'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true',
    );
    expect(named(frames)).toEqual(['ADDED a', 'BOOKMARK']);
    expect(frames[1]?.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
    await api.clock.advance(60_000);
    expect(named(frames).at(-1)).toBe('BOOKMARK');
    expect(frames).toHaveLength(3);
  });

  it('of rows names the columns once', async () => {
    const { frames } = await api.watch(pods, '', tableAccept);
    await api.ask('POST', pods, pod('a'));
    await api.ask('POST', pods, pod('b'));
    const columns = frames.map(
      ({ object }) => (object as unknown as { columnDefinitions: object[] }).columnDefinitions.length > 0,
    );
    expect(columns).toEqual([true, false]);
  });

  it('from a version that is forgotten answers Expired and ends', async () => {
    for (let turn = 0; turn < 1002; turn++) {
      await api.ask('PUT', `${configMaps}/a`, { metadata: { name: 'a' }, data: { turn: String(turn) } });
      if (turn === 0) await api.ask('POST', configMaps, configMap('a'));
    }
    const { frames, ended } = await api.watch(configMaps, 'resourceVersion=1');
    expect(frames).toMatchObject([{ type: 'ERROR', object: { code: 410, reason: 'Expired' } }]);
    expect(ended()).toBe(true);
  });

  it('from a version that is still to come says nothing until then', async () => {
    const { object } = await api.ask('POST', configMaps, configMap('a'));
    const next = Number(object.metadata.resourceVersion) + 1;
    const { frames, ended } = await api.watch(configMaps, `resourceVersion=${next}`);
    await api.ask('POST', configMaps, configMap('b'));
    await api.ask('POST', configMaps, configMap('c'));
    expect(named(frames)).toEqual(['ADDED c']);
    expect(ended()).toBe(false);
  });

  it('that lists first from a version still to come is told that it is too large', async () => {
    const query = 'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&resourceVersion=100000';
    const { code, object } = await api.ask('GET', configMaps, undefined, { query });
    expect([code, object.message]).toEqual([504, expect.stringContaining('Too large resource version: 100000')]);
  });

  it('encodes a change once for all watchers', async () => {
    const [one, two] = [await api.watch(configMaps), await api.watch(configMaps)];
    await api.ask('POST', configMaps, configMap('a'));
    expect(one.frames[0]?.encoded()).toBe(two.frames[0]?.encoded());
  });

  it('ends after its time, and when the server closes', async () => {
    const short = await api.watch(configMaps, 'timeoutSeconds=5');
    const long = await api.watch(configMaps);
    await api.clock.advance(5000);
    expect([short.ended(), long.ended()]).toEqual([true, false]);
    await api.server.close();
    expect(long.ended()).toBe(true);
  });
});
