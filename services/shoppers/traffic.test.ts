import { describe, expect, it, onTestFinished } from 'vitest';
import { serveForTest } from '../shared/testing.ts';
import { nextOrder } from './basket.ts';
import { createRegulars } from './regulars.ts';
import { createTally } from './tally.ts';
import { isEbb, startTraffic } from './traffic.ts';

const errand = { path: '/', headers: {}, body: {}, expected: 200 };

describe('shoppers', () => {
  it('go on when the shop is down, and count it', async () => {
    const traffic = startTraffic({ url: 'http://localhost:1', perSecond: 500, maxInFlight: 4, next: () => errand });
    onTestFinished(() => traffic.stop());
    await expect.poll(() => traffic.takeSummary().failed).toBeGreaterThan(2);
    await expect.poll(() => traffic.takeSummary().failed).toBeGreaterThan(2);
  });

  it('stay away while too many wait', async () => {
    let waiting = 0;
    const url = await serveForTest(() => void waiting++);
    const traffic = startTraffic({ url, perSecond: 500, maxInFlight: 3, next: () => errand });
    onTestFinished(() => traffic.stop());
    await expect.poll(() => traffic.takeSummary().skipped).toBeGreaterThan(5);
    expect(waiting).toBe(3);
  });

  it('come in waves where that is asked for', () => {
    expect([0, 44, 45, 89, 90].map((second) => isEbb(90, second * 1000))).toEqual([false, false, true, true, false]);
    expect([0, 44, 45, 89].some((second) => isEbb(0, second * 1000))).toBe(false);
  });

  it('err in the share that was asked for, and know what a healthy shop answers then', () => {
    let seed = 1;
    const random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    const orders = Array.from({ length: 5_000 }, () => nextOrder(0.03, random));
    const odd = orders.filter(({ expected }) => expected !== 200);
    expect(odd.length / orders.length).toBeCloseTo(0.03, 2);
    expect(new Set(odd.map(({ expected }) => expected))).toEqual(new Set([400, 401, 422]));
    expect(new Set(orders.map(({ body }) => body?.['reference'])).size).toBe(5_000);
  });

  it('sign in before they do anything else, and again when they are told that their token does not count', () => {
    const next = createRegulars(() => 0);
    next().onAnswer?.(503, 'down');
    const signIn = next();
    expect(signIn.path).toBe('/api/login');
    signIn.onAnswer?.(200, '{"token":"t-1"}');
    const order = next();
    expect(order).toMatchObject({ path: '/api/orders', headers: { authorization: 'Bearer t-1' } });
    order.onAnswer?.(503, '');
    expect(next().path).toBe('/api/orders');
    order.onAnswer?.(401, '');
    expect(next().path).toBe('/api/login');
  });

  it('sum up what happened', () => {
    const tally = createTally();
    for (let durationMs = 1; durationMs <= 100; durationMs++) {
      tally.add(durationMs > 10, durationMs);
    }
    expect(tally.summary()).toEqual({ sent: 100, ok: 90, failed: 10, skipped: 0, p95Ms: 95 });
    expect(createTally().summary().p95Ms).toBeNull();
  });
});
