import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/helpers/fake-clock.ts';
import { createApiServer, type ApiServer } from '../apiserver/server.ts';
import { isStatusError } from '../objects/status-error.ts';
import type { ConfigMap, KubeObject } from '../objects/types.ts';
import type { Client, WatchEvent } from './client.ts';
import { createClient } from './create-client.ts';
import { createEventRecorder } from './event-recorder.ts';
import { createInformers } from './informers.ts';
import { configMaps, events, namespaces } from './resources.ts';
import { runController } from './run-controller.ts';
import { createInProcessTransport } from './transport.ts';

const configMap = (name: string, data: Record<string, string> = {}): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'shop' },
  data,
});

let clock: FakeClock;
let server: ApiServer;
let client: Client;
let stop: AbortController;

beforeEach(async () => {
  clock = new FakeClock();
  server = createApiServer({ clock });
  client = createClient(createInProcessTransport(server.handle, { user: 'system:test' }));
  stop = new AbortController();
  await client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
});

afterEach(async () => {
  stop.abort();
  await server.close();
});

describe('the client', () => {
  it('throws the server’s reasons', async () => {
    const missing = await client.get(configMaps, 'none', 'shop').catch((error: unknown) => error);
    expect(isStatusError(missing, 'NotFound')).toBe(true);
    await client.create(configMaps, configMap('a'));
    const twice = await client.create(configMaps, configMap('a')).catch((error: unknown) => error);
    expect(isStatusError(twice, 'AlreadyExists')).toBe(true);
  });

  it('refuses an update that was made from an older version', async () => {
    const created = await client.create(configMaps, configMap('a'));
    await client.update(configMaps, { ...created, data: { key: 'one' } });
    const stale = await client
      .update(configMaps, { ...created, data: { key: 'two' } })
      .catch((error: unknown) => error);
    expect(isStatusError(stale, 'Conflict')).toBe(true);
  });

  it('watches from a version until told to stop', async () => {
    const { resourceVersion } = await client.list(configMaps);
    const seen: WatchEvent<KubeObject>[] = [];
    const watching = (async () => {
      for await (const event of client.watch(configMaps, { resourceVersion, signal: stop.signal })) seen.push(event);
    })();
    await client.create(configMaps, configMap('a'));
    await client.delete(configMaps, 'a', { namespace: 'shop' });
    await clock.advance(0);
    stop.abort();
    await watching;
    expect(seen.map(({ type }) => type)).toEqual(['ADDED', 'DELETED']);
  });
});

describe('an informer', () => {
  it('tells a late subscriber of what there is, and everyone of what changes', async () => {
    const informer = createInformers({ client, clock, signal: stop.signal }).for(configMaps);
    await client.create(configMaps, configMap('a'));
    await informer.synced;
    await clock.advance(0);
    const changes: string[] = [];
    informer.subscribe(({ type, object }) => changes.push(`${type} ${object.metadata.name}`));
    await client.patch(configMaps, 'a', { data: { key: 'value' } }, { namespace: 'shop' });
    await client.delete(configMaps, 'a', { namespace: 'shop' });
    await clock.advance(0);
    expect(changes).toEqual(['added a', 'updated a', 'deleted a']);
    expect(informer.list()).toEqual([]);
  });

  it('lists again when its watch is lost, and notices what it missed', async () => {
    let cut = new AbortController();
    const flaky: Client = {
      ...client,
      watch: (ref, options) => client.watch(ref, { ...options, signal: AbortSignal.any([options.signal, cut.signal]) }),
    };
    await client.create(configMaps, configMap('old'));
    const informer = createInformers({ client: flaky, clock, signal: stop.signal }).for(configMaps);
    await informer.synced;
    cut.abort();
    await clock.advance(0);
    cut = new AbortController();
    await client.delete(configMaps, 'old', { namespace: 'shop' });
    await client.create(configMaps, configMap('new'));
    await clock.advance(1000);
    expect(informer.list().map(({ metadata }) => metadata.name)).toEqual(['new']);
  });
});

describe('a running controller', () => {
  it('reconciles each key, retries what throws and calls again when asked to', async () => {
    const informer = createInformers({ client, clock, signal: stop.signal }).for(configMaps);
    const calls: string[] = [];
    const controller = {
      name: 'test',
      watches: [{ informer, keysOf: (object: ConfigMap) => [object.metadata.name ?? ''] }],
      async reconcile(key: string) {
        calls.push(key);
        if (calls.length === 1) throw new Error('not yet');
        return calls.length === 2 ? { requeueAfterMs: 1000 } : undefined;
      },
    };
    const errors: unknown[] = [];
    const running = runController(controller, { clock, signal: stop.signal, onError: (error) => errors.push(error) });
    await client.create(configMaps, configMap('a'));
    await clock.advance(10);
    expect(calls).toEqual(['a', 'a']);
    await clock.advance(1000);
    expect(calls).toEqual(['a', 'a', 'a']);
    expect(errors).toHaveLength(1);
    stop.abort();
    await running;
  });
});

describe('the event recorder', () => {
  it('writes the first event of a series and counts the others up', async () => {
    const about = await client.create(configMaps, configMap('a'));
    const recorder = createEventRecorder({ client, clock, component: 'kubelet', host: 'node-1' });
    for (let turn = 0; turn < 3; turn++) {
      recorder.record({ about, type: 'Warning', reason: 'BackOff', message: 'Back-off restarting' });
      await clock.advance(1000);
    }
    await recorder.settled();
    const { items } = await client.list(events);
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({
      count: 3,
      firstTimestamp: '2026-11-20T16:47:00Z',
      lastTimestamp: '2026-11-20T16:47:02Z',
      source: { component: 'kubelet', host: 'node-1' },
      involvedObject: { kind: 'ConfigMap', name: 'a', uid: about.metadata.uid },
    });
    expect(items[0]?.metadata.name).toMatch(/^a\.[0-9a-f]{16}$/);
  });

  it('never throws, not even for a namespace that is gone', async () => {
    const recorder = createEventRecorder({ client, clock, component: 'kubelet' });
    const about: KubeObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'gone', uid: 'u' } };
    recorder.record({ about, type: 'Normal', reason: 'Killing', message: 'Stopping container web' });
    await recorder.settled();
    expect((await client.list(events)).items).toEqual([]);
  });
});
