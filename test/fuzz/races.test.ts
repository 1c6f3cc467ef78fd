import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kubeconfigFor } from '../../cluster/apiserver/kubeconfig.ts';
import { createApiServer, type ApiServer } from '../../cluster/apiserver/server.ts';
import { connectKube, type Kube } from '../../lib/kube/kube.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { fuzzTimeoutMs } from './rounds.ts';

interface ConfigMap {
  metadata: { name: string; resourceVersion?: string };
  data: Record<string, string>;
}

let dir: string;
let clock: FakeClock;
let server: ApiServer;
let address: { url: string; port: number; ca: string };
let kube: Kube;
let failures: unknown[];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'races-'));
  clock = new FakeClock(Date.now());
  failures = [];
  server = createApiServer({ clock, onError: (error) => failures.push(error) });
  address = await server.listen({ host: '127.0.0.1', port: 0, token: 'secret', dir });
  const kubeconfigPath = join(dir, 'kubeconfig');
  const { url, ca } = address;
  await writeFile(kubeconfigPath, kubeconfigFor({ name: 'test', url, ca, token: 'secret', namespace: 'shop' }));
  kube = await connectKube({ kubeconfigPath });
  await kube.create('/api/v1/namespaces', { metadata: { name: 'shop' } });
  await kube.create(configMaps, { metadata: { name: 'counter' }, data: { count: '0' } });
});

afterEach(async () => {
  await kube[Symbol.asyncDispose]();
  await server.close();
  await rm(dir, { recursive: true });
});

const configMaps = '/api/v1/namespaces/shop/configmaps';
const counter = `${configMaps}/counter`;
const writers = 8;
const timesEach = 10;

/** Reads, adds one and writes back until nobody came between. @returns how often somebody did */
async function increment(write: (read: ConfigMap, next: string) => Promise<number>): Promise<number> {
  for (let conflicts = 0; ; conflicts++) {
    const read = await kube.get<ConfigMap>(counter);
    const code = await write(read, String(Number(read.data['count']) + 1));
    if (code === 200) return conflicts;
    expect([409, 422]).toContain(code);
  }
}

function openWatch(): Promise<IncomingMessage> {
  const { port, ca } = address;
  const headers = { authorization: 'Bearer secret' };
  const options = { host: '127.0.0.1', port, ca, path: `${configMaps}?watch=true`, headers, agent: false };
  return new Promise((resolve, reject) => request(options, resolve).on('error', reject).end());
}

describe('many at once', { timeout: fuzzTimeoutMs }, () => {
  it.for([
    [
      'by replacing what they read',
      async (read: ConfigMap, count: string) =>
        (await kube.request('PUT', counter, { body: { ...read, data: { ...read.data, count } } })).status,
    ],
    [
      'by a patch that names the version',
      async ({ metadata: { resourceVersion } }: ConfigMap, count: string) =>
        (
          await kube.request('PATCH', counter, {
            contentType: 'application/merge-patch+json',
            body: { metadata: { resourceVersion }, data: { count } },
          })
        ).status,
    ],
    [
      'by a JSON patch that tests first',
      async ({ data }: ConfigMap, value: string) => {
        const test = { op: 'test', path: '/data/count', value: data['count'] };
        const body = [test, { op: 'replace', path: '/data/count', value }];
        return (await kube.request('PATCH', counter, { contentType: 'application/json-patch+json', body })).status;
      },
    ],
  ] as const)('count without losing one: %s', async ([, write]) => {
    const each = async () => {
      let conflicts = 0;
      for (let times = 0; times < timesEach; times++) conflicts += await increment(write);
      return conflicts;
    };
    const conflicts = await Promise.all(Array.from({ length: writers }, each));
    const { data } = await kube.get<ConfigMap>(counter);
    expect(data['count']).toBe(String(writers * timesEach));
    // Without conflicts nothing was tried.
    expect(conflicts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
  });

  it('change different fields of one object, and all of them stay', async () => {
    const names = Array.from({ length: 200 }, (_, index) => `field-${index}`);
    await Promise.all(names.map((name) => kube.patch(counter, { data: { [name]: 'set' } })));
    const { data } = await kube.get<ConfigMap>(counter);
    expect(Object.keys(data).toSorted()).toEqual(['count', ...names].toSorted());
  });

  it('watch: hundreds see a change, and none of those who went costs anything', async () => {
    const watches = await Promise.all(Array.from({ length: 400 }, openWatch));
    const seen = watches.map((watch) => sawName(watch, 'for-all'));
    await kube.create(configMaps, { metadata: { name: 'for-all' } });
    expect(await Promise.all(seen)).toEqual(watches.map(() => true));
    for (const watch of watches) watch.destroy();
    await kube.create(configMaps, { metadata: { name: 'for-nobody' } });
    expect(failures).toEqual([]);
  });

  it('may read slowly: who leaves more unread than allowed is cut off, the others go on', async () => {
    const slow = await openWatch();
    slow.pause();
    const large = 'x'.repeat(900_000);
    for (let index = 0; index < 40; index++) {
      await kube.create(configMaps, { metadata: { name: `large-${index}` }, data: { large } });
      await kube.delete(`${configMaps}/large-${index}`);
    }
    const ended = new Promise<boolean>((resolve) =>
      slow
        .once('close', () => resolve(true))
        .on('error', () => {})
        .resume(),
    );
    expect(await Promise.race([ended, sleep(10_000, false)])).toBe(true);
    expect((await kube.get<ConfigMap>(counter)).data['count']).toBe('0');
    expect(failures).toEqual([]);
  });

  it('a body beyond what is allowed is refused while it comes', async () => {
    const response = await kube.request('POST', configMaps, { body: 'x'.repeat(8_000_000) }).catch(() => undefined);
    expect(response?.status ?? 413).toBe(413);
    expect((await kube.get<ConfigMap>(counter)).data['count']).toBe('0');
  });

  it('a clock that jumps, forth or back, loses no watch and no object', async () => {
    const watch = await openWatch();
    await clock.advance(5 * 60_000);
    const seen = sawName(watch, 'after-jump');
    await kube.create(configMaps, { metadata: { name: 'after-jump' } });
    expect(await seen).toBe(true);
    watch.destroy();
    await clock.advance(400 * 24 * 60 * 60_000);
    expect((await kube.get<ConfigMap>(counter)).data['count']).toBe('0');
  });
});

function sawName(watch: IncomingMessage, name: string): Promise<boolean> {
  return new Promise((resolve) => {
    let unread = '';
    watch.setEncoding('utf8').on('data', (piece: string) => {
      unread = (unread + piece).slice(-4_000);
      if (unread.includes(`"name":"${name}"`)) resolve(true);
    });
    watch.on('close', () => resolve(false)).on('error', () => {});
  });
}
