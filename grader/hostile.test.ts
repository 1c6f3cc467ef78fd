/** What a whole grading makes of a shop, or a machine, that misbehaves. */
import { mkdtemp, rm } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '../lib/clock.ts';
import { grade } from './grade.ts';
import { baselineOf, healthyState } from './testing/fixtures.ts';
import { fakeCluster, serve, type FakeCluster } from './testing/fake-cluster.ts';
import type { Answer, CheckResult } from './verdict.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hostile-'));
});
afterAll(() => rm(dir, { recursive: true }));

const mebibyte = 1024 * 1024;

interface Given {
  kinds: readonly string[];
  entrance?: RequestListener;
  cluster?: FakeCluster;
  windowMs?: number;
  clock?: Clock;
}

/** The answer to each kind of question. */
async function judge(given: Given): Promise<Record<string, CheckResult>> {
  await using shop = await serve(given.entrance ?? ((_, response) => void response.writeHead(503).end()));
  await using cluster = given.cluster ?? (await fakeCluster(dir, healthyState('gateway')));
  const { verdict } = await grade({
    kubeconfigPath: cluster.kubeconfigPath,
    namespace: 'production',
    entranceUrl: shop.url,
    baseline: baselineOf('gateway'),
    plan: {
      scenario: 's',
      issues: [],
      hintCost: 1,
      criteria: given.kinds.map((kind) => ({ id: kind, title: kind, points: 5, checks: [{ kind, params: {} }] })),
    },
    engine: 'fake',
    quick: true,
    windowMs: given.windowMs ?? 100,
    ...(given.clock && { clock: given.clock }),
  });
  return Object.fromEntries(verdict.criteria.map(({ id, checks }) => [id, checks[0] as CheckResult]));
}

describe.concurrent('an entrance that', () => {
  const pour: RequestListener = (_, response) => {
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(64 * 1024, ' ')));
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  };

  it.each<[string, RequestListener, RegExp]>([
    ['says 200 to everything', (_, response) => void response.end('{"id":"1","totalCents":1}'), /not our order/],
    ['answers a page to everything', (_, response) => void response.end('<h1>OK</h1>'), /not our order/],
    ['answers after a minute', () => {}, /20 × no answer within 5 s/],
    ['never ends its answer', (_, response) => void response.writeHead(200).write('{'), /20 × no answer within 5 s/],
    ['answers without end', pour, /20 × the answer is larger than 64 KB/],
    ['hangs up', (request) => void request.socket.destroy(), /0 of 20 orders succeeded/],
  ])(
    '%s fails, in bounded time',
    async (_, entrance, observed) => {
      const before = process.memoryUsage().rss;
      const began = performance.now();
      const { orders, 'pod-loss': loss } = await judge({ kinds: ['orders', 'pod-loss'], entrance });
      expect(orders).toMatchObject({ verdict: 'fail', observed: expect.stringMatching(observed) as string });
      expect(loss?.verdict).not.toBe('fail');
      expect(performance.now() - began).toBeLessThan(45_000);
      expect(process.memoryUsage().rss - before).toBeLessThan(200 * mebibyte);
    },
    30_000,
  );
});

describe.concurrent('a clock that jumps while the shop is watched', () => {
  it.each([3_600_000, -3_600_000])(
    'by %i ms leaves nothing to say about that time',
    async (jumpMs) => {
      let offsetMs = 0;
      const clock: Clock = { ...systemClock, now: () => Date.now() + offsetMs };
      // The first order comes when the window has begun.
      const entrance: RequestListener = (_, response) => {
        offsetMs = jumpMs;
        response.writeHead(503).end();
      };
      const { 'pods-healthy': pods } = await judge({ kinds: ['pods-healthy'], clock, entrance, windowMs: 1_000 });
      expect(pods).toMatchObject({
        verdict: 'undetermined',
        observed: expect.stringContaining('jumped by 3600 s') as string,
      });
    },
    60_000,
  );
});

describe('a log', () => {
  const line = `${JSON.stringify({ level: 30, time: '2026-11-20T17:00:00Z', msg: 'x'.repeat(80) })}\n`;

  it('that the cluster cannot give counts against nobody', async () => {
    const cluster = await fakeCluster(dir, healthyState('gateway'), (request, response) => {
      if (!request.url?.includes('/log?')) return false;
      response.writeHead(500).end('the node does not answer');
      return true;
    });
    const { logs } = await judge({ kinds: ['logs'], cluster });
    expect(logs).toMatchObject({
      verdict: 'undetermined',
      observed: expect.stringContaining('could not be put: the node does not answer') as string,
    });
  }, 30_000);

  it.each<[string, string, Answer]>([
    ['with a million lines', line.repeat(10_000), 'undetermined'],
    ['of one line without end', 'x'.repeat(mebibyte), 'undetermined'],
  ])(
    '%s is read so far and no further',
    async (_, chunk, verdict) => {
      let sent = 0;
      const cluster = await fakeCluster(dir, healthyState('gateway'), (request, response) => {
        if (!request.url?.includes('/log?')) return false;
        const pour = (): void => {
          for (; sent < 100 && !response.destroyed; sent++)
            if (!response.write(chunk)) return void response.once('drain', pour);
          response.end();
        };
        pour();
        return true;
      });
      const before = process.memoryUsage().rss;
      const { logs } = await judge({ kinds: ['logs'], cluster });
      expect(logs?.verdict).toBe(verdict);
      expect(sent).toBeLessThan(100);
      expect(process.memoryUsage().rss - before).toBeLessThan(400 * mebibyte);
    },
    60_000,
  );
});
