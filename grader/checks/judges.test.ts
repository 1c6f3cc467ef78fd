import { describe, expect, it } from 'vitest';
import type { Meaning } from '../check.ts';
import type { PlacedOrder } from '../order-client.ts';
import { container, endpointSlice, healthyState, pod, service } from '../testing/fixtures.ts';
import { judgeUrl } from './dependency-url.ts';
import { judgeProbe, probeTarget } from './liveness-probe.ts';
import { digestLines, judgeLogs } from './logs.ts';
import { judgeBurst } from './memory-under-load.ts';
import { judgeAftermaths, judgeReplies } from './orders.ts';
import { judgeUse } from './resources.ts';
import { judgeTrials, type Trials } from './retries.ts';
import { judgeEndpoints } from './service-endpoints.ts';
import { judgeTrace } from './traces.ts';

const meaning: Meaning = { expected: 'e', why: 'w', where: 'l' };

describe('orders', () => {
  const order: PlacedOrder = {
    reference: 'r',
    item: 'laptop',
    quantity: 2,
    sentAtMs: 0,
    durationMs: 20,
    status: 200,
    id: '1',
    totalCents: 200,
  };
  const prices = { laptop: 100 };

  it.each<[string, Partial<PlacedOrder>, number | null, RegExp]>([
    ['a stub that says 200', { id: undefined }, 422, /0 of 1 orders succeeded; 1 × 200 with an answer/],
    ['an order that takes too long', { durationMs: 2_100 }, 422, /took too long, the longest 2100 ms/],
    ['a wrong total', { totalCents: 100 }, 422, /2 × laptop were charged 100 cents/],
    ['a shop that sells what it does not have', {}, 200, /does not sell got 200/],
    ['an entrance that is closed', { id: undefined, status: null, problem: 'connection refused' }, null, /refused/],
  ])('fail: %s', (_, changes, refusal, observed) => {
    const found = judgeReplies({ orders: [{ ...order, ...changes }], refusal, intrusions: [] }, prices);
    expect(found).toMatchObject({ verdict: 'fail', observed: expect.stringMatching(observed) as string });
  });

  it('go on to what happened behind the entrance when all replies are right', () => {
    const what = 'an order with a forged session';
    const tried = { orders: [order], refusal: 422, intrusions: [{ what, status: 401 }] };
    expect(judgeReplies(tried, prices)).toBeUndefined();
    // Who gives no answer at all has let nobody in.
    expect(judgeReplies({ ...tried, intrusions: [{ what, status: null }] }, prices)).toBeUndefined();
    expect(judgeReplies({ ...tried, intrusions: [{ what, status: 200 }] }, prices)).toMatchObject({
      verdict: 'fail',
      observed: 'an order with a forged session got 200',
    });
  });

  const arrived = { storedTotal: 200, storedReference: 'r', readTotal: 200, notified: 1 };
  it.each([
    [arrived, 'pass', /1 of 1/],
    [{ ...arrived, storedTotal: undefined }, 'fail', /1 not in the database/],
    // An answer from a cache: the right total, of an order that somebody placed before.
    [{ ...arrived, storedReference: 'of another' }, 'fail', /1 not in the database/],
    [{ ...arrived, readTotal: undefined }, 'fail', /1 not readable/],
    [{ ...arrived, notified: 0 }, 'fail', /1 never notified/],
    [{ ...arrived, notified: 2 }, 'fail', /1 notified more than once/],
  ])('%o: %s', (aftermath, verdict, observed) => {
    const found = judgeAftermaths([order], [aftermath]);
    expect(found.verdict).toBe(verdict);
    expect(found.observed).toMatch(observed);
  });
});

describe('logs', () => {
  const line = (fields: object): string => JSON.stringify({ level: 30, time: 1_000, msg: 'm', ...fields });

  it('count errors inside the window only, and crashes that are no structured lines', () => {
    const lines = [
      line({ level: 50, time: 500 }),
      line({ level: 50 }),
      line({ level: 40 }),
      'TypeError: x',
      'hello',
      '{cut',
    ];
    expect(digestLines('s', lines, 900, 1_100)).toMatchObject({ errors: 2, firstError: 'm' });
  });

  it.each([
    ['clean and complete', { errors: 0, traceIds: new Set(['t']) }, ['t'], 'pass'],
    ['with errors', { errors: 3, firstError: 'boom', traceIds: new Set(['t']) }, ['t'], 'fail'],
    ['silenced', { errors: 0, traceIds: new Set<string>() }, ['t'], 'fail'],
    ['without an order to look for', { errors: 0, traceIds: new Set<string>() }, [], 'undetermined'],
  ])('%s', (_, digest, traceIds, verdict) => {
    expect(judgeLogs([{ service: 's', ...digest }], traceIds).verdict).toBe(verdict);
  });
});

describe('a trace', () => {
  const span = (service: string, spanId: string, parentSpanId?: string) => ({
    service,
    spanId,
    parentSpanId: parentSpanId ?? null,
  });

  it('is whole when every service is there and all spans hang together', () => {
    expect(judgeTrace([span('a', '1', 'client'), span('b', '2', '1')], ['a', 'b'])).toBeUndefined();
  });
  it('lacks a service', () => {
    expect(judgeTrace([span('a', '1')], ['a', 'b'])).toBe('no span of b');
  });
  it('is torn when a parent was never sent on', () => {
    expect(judgeTrace([span('a', '1'), span('b', '2', '9')], ['a', 'b'])).toBe('it falls into 2 parts');
  });
});

describe('retries', () => {
  const growing = [50, 110, 190];
  const good: Trials = {
    once: { status: 200, answer: '200' },
    always: [growing, [90, 130, 310], [70, 120, 260]].map((pausesMs) => ({ attempts: 4, pausesMs })),
    betweenMs: [3, 4],
    slow: { attempts: 4, answered: true, durationMs: 3_000 },
  };

  const busy = { betweenMs: [60, 20, 90] };

  it.each<[string, Partial<Trials>, string, RegExp]>([
    ['bounded, growing, ending', {}, 'pass', /4 tries, pauses of 70 ms, 120 ms, 260 ms/],
    ['a storm', { always: [{ attempts: 11, pausesMs: Array<number>(10).fill(1) }] }, 'fail', /one order became 11/],
    ['few tries at once', { always: [{ attempts: 4, pausesMs: [1, 2, 1] }] }, 'fail', /at once/],
    [
      'pauses that stay the same',
      { always: Array(4).fill({ attempts: 4, pausesMs: [200, 200, 200] }) },
      'fail',
      /do not grow/,
    ],
    [
      'no retry',
      { once: { status: 502, answer: '502' }, always: [{ attempts: 1, pausesMs: [] }] },
      'fail',
      /cost an order/,
    ],
    [
      'no pause on a busy machine',
      {
        ...busy,
        always: [
          [80, 20, 130],
          [20, 90, 40],
          [70, 30, 80],
        ].map((pausesMs) => ({ attempts: 4, pausesMs })),
      },
      'undetermined',
      /busy/,
    ],
    ['pauses on a busy machine', { ...busy, always: [{ attempts: 4, pausesMs: [130, 220, 420] }] }, 'pass', /420 ms/],
    ['no end', { slow: { attempts: 1, answered: false, durationMs: 15_000 } }, 'fail', /no answer in 15 s/],
    ['a storm on a slow database', { slow: { attempts: 9, answered: true, durationMs: 9_000 } }, 'fail', /became 9/],
  ])('%s', (_, changes, verdict, observed) => {
    const found = judgeTrials({ ...good, ...changes }, 6, meaning);
    expect(found.observed).toMatch(observed);
    expect(found.verdict).toBe(verdict);
  });

  it('are fine with a single one, after a pause', () => {
    const single = { ...good, always: [{ attempts: 2, pausesMs: [150] }] };
    expect(judgeTrials(single, 6, meaning).verdict).toBe('pass');
  });
});

describe('sign-ins under load', () => {
  const held = { asked: 100, opened: 100, forgotten: 0 };
  it.each([
    [held, 'pass'],
    [{ ...held, opened: 60, ended: 'OOMKilled, exit code 137' }, 'fail'],
    [{ ...held, opened: 99, refused: 'no answer within 12 s' }, 'fail'],
    [{ ...held, forgotten: 7 }, 'fail'],
  ])('%o: %s', (burst, verdict) => {
    expect(judgeBurst(burst, meaning).verdict).toBe(verdict);
  });
});

describe('the liveness probe', () => {
  it('is found by number and by name', () => {
    expect(probeTarget(container('x'))).toEqual({ port: 3000, path: '/healthz' });
    expect(probeTarget(container('x', { livenessProbe: { httpGet: { port: 'http' } } }))).toEqual({
      port: 3000,
      path: '/',
    });
  });
  it.each([
    [undefined, /no liveness probe/],
    [{ exec: {} }, /no longer asks/],
    [{ httpGet: { port: 3000, host: 'example.com' } }, /another host/],
    [{ httpGet: { port: 'web' } }, /no port named web/],
  ])('%o is no question', (livenessProbe, problem) => {
    expect(probeTarget(container('x', { livenessProbe: livenessProbe as never }))).toEqual({
      problem: expect.stringMatching(problem) as string,
    });
  });
  it('must be answered', () => {
    const target = { port: 8080, path: '/' };
    const answer = { text: '', json: <T>() => ({}) as T };
    expect(judgeProbe(target, { ...answer, status: null, problem: 'refused' }, meaning).verdict).toBe('fail');
    expect(judgeProbe(target, { ...answer, status: 404 }, meaning).verdict).toBe('fail');
    expect(judgeProbe(target, { ...answer, status: 200 }, meaning).verdict).toBe('pass');
  });
});

describe('endpoints of a Service', () => {
  const given = { service: 'gateway', deployment: 'gateway' };
  it('lead to the right pods', () => {
    expect(judgeEndpoints(given, healthyState('gateway', 'api')).verdict).toBe('pass');
  });
  it.each([
    ['none', [], /has no endpoints/],
    ['strangers', ['gateway-1-a', 'api-1-a'], /also leads to api-1-a/],
  ])('%s', (_, names, observed) => {
    const state = { ...healthyState('gateway', 'api'), endpointSlices: [endpointSlice('gateway', names)] };
    expect(judgeEndpoints(given, state)).toMatchObject({
      verdict: 'fail',
      observed: expect.stringMatching(observed) as string,
    });
  });
  it('lead where they say, also when they were written by hand', () => {
    const state = healthyState('gateway');
    state.pods[0]!.status!.podIP = '10.42.0.7';
    expect(judgeEndpoints(given, state)).toMatchObject({
      verdict: 'fail',
      observed: 'Service gateway also leads to gateway-1-a',
    });
    state.endpointSlices[0]!.endpoints![0]!.addresses = ['10.42.0.7'];
    expect(judgeEndpoints(given, state).verdict).toBe('pass');
    state.pods[0]!.status!.podIPs = [{ ip: '10.42.0.7' }, { ip: 'fd00::7' }];
    state.endpointSlices[0]!.endpoints![0]!.addresses = ['fd00::7'];
    expect(judgeEndpoints(given, state).verdict).toBe('pass');
  });
  it('leave no ready pod out', () => {
    const state = healthyState('gateway');
    state.pods.push(pod('gateway', 'b'));
    expect(judgeEndpoints(given, state)).toMatchObject({
      verdict: 'fail',
      observed: 'Service gateway leaves out gateway-1-b',
    });
  });
});

describe('the URL of a dependency', () => {
  const state = healthyState('database', 'api');
  state.services.push({ ...service('alias'), spec: { type: 'ExternalName', externalName: 'elsewhere' } });
  state.services.push({ ...service('db'), spec: { selector: { app: 'database' }, ports: [{ port: 3000 }] } });
  const context = { state, namespace: 'production' };

  it.each([
    'http://database:3000',
    'http://database.production:3000',
    'http://database.production.svc:3000/',
    'http://database.production.svc.cluster.local:3000',
    'http://db:3000',
  ])('%s is right', (url) => {
    expect(judgeUrl(url, 'database', context)).toEqual({ url });
  });
  it.each([
    [undefined, /not set/],
    ['database:3000//', /not asked over HTTP/],
    ['http//database:3000', /is not a URL/],
    ['htp://database:3000', /not asked over HTTP/],
    ['tcp://database:3000', /not asked over HTTP/],
    ['http://nobody:3000', /no Service nobody/],
    ['http://10.42.0.7:3000', /an address instead of a Service/],
    ['http://alias:3000', /ExternalName/],
    ['http://api:3000', /does not lead to database/],
    ['http://database:80', /offers no port 80/],
    ['http://database.other:3000', /no Service database\.other/],
  ])('%s is wrong', (url, problem) => {
    expect(judgeUrl(url, 'database', context)).toEqual({ problem: expect.stringMatching(problem) as string });
  });
});

describe('use of resources', () => {
  const limits = { cpu: '500m', memory: '128Mi' };
  const samples = (cpuCores: number, bytes: (index: number) => number) =>
    Array.from({ length: 24 }, (_, index) => ({
      atMs: index * 5_000,
      pod: 'p',
      container: 'c',
      cpuCores,
      memoryBytes: bytes(index),
    }));
  const mib = 2 ** 20;
  const flat = samples(0.05, () => 60 * mib);
  const full = { quick: false, missing: [] };

  it.each([
    ['plenty of room', limits, flat, 'pass', /10 % of its limit, memory stable/],
    ['a busy CPU', limits, samples(0.3, () => 60 * mib), 'fail', /60 % of its CPU limit/],
    ['memory that climbs', limits, samples(0.05, (index) => (40 + 3 * index) * mib), 'fail', /climbs/],
    [
      'memory that climbs as seldom measured',
      limits,
      samples(0.05, (i) => (40 + 6 * (i >> 1)) * mib),
      'fail',
      /climbs/,
    ],
    ['memory that jumps once', limits, samples(0.05, (index) => (index < 9 ? 30 : 38) * mib), 'pass', /stable/],
    [
      'memory that filled up and stays',
      limits,
      samples(0.05, (index) => (index < 19 ? 33 + 2.1 * index : 72 + 0.4 * (index - 19)) * mib),
      'pass',
      /stable/,
    ],
    ['no limit', { cpu: '500m' }, flat, 'fail', /no limit on memory/],
    ['no figures', limits, [], 'undetermined', /no figures for x/],
  ])('%s', (_, given, used, verdict, observed) => {
    const found = judgeUse([{ name: 'x', limits: given, startedAtMs: -60_000, samples: used }], full);
    expect(found.observed).toMatch(observed);
    expect(found.verdict).toBe(verdict);
  });

  it('do not count caches that fill up after a start, more and more slowly', () => {
    // As auth-service was seen to: 24 figures of 5 s, in MiB.
    const seen = [
      28.3, 31.7, 34.1, 36.4, 38.9, 42.7, 45.7, 47.9, 48.2, 51.1, 51.9, 56.6, 59, 61.4, 63.5, 64.8, 67.1, 68.1, 69.8,
      72.9,
    ];
    const filling = samples(0.05, (index) => ([...seen, 73, 74.2, 75.2, 74][index] ?? 0) * mib);
    const use = { name: 'x', limits, samples: filling };
    expect(judgeUse([{ ...use, startedAtMs: -10_000 }], full).verdict).toBe('pass');
    expect(judgeUse([{ ...use, startedAtMs: -600_000 }], full).verdict).toBe('fail');
  });

  it('do not count the burst of a start', () => {
    const starting = { name: 'x', limits, startedAtMs: 0, samples: samples(0.6, () => 60 * mib).slice(0, 3) };
    expect(judgeUse([starting], { quick: true, missing: [] }).verdict).toBe('pass');
  });
});
