import { describe, expect, it } from 'vitest';
import { createPriceCache } from './price-cache.ts';

function cacheOf(ttlMs: number) {
  const shop = { nowMs: 0, priceCents: 100 as number | undefined, asked: 0 };
  const cache = createPriceCache({
    ttlMs,
    now: () => shop.nowMs,
    load() {
      shop.asked++;
      return Promise.resolve(shop.priceCents);
    },
  });
  return { shop, cache };
}

describe('the price cache', () => {
  it('asks once, and again when the price may have changed', async () => {
    const { shop, cache } = cacheOf(5_000);
    expect(await cache.get('laptop')).toBe(100);
    shop.priceCents = 200;
    shop.nowMs = 4_999;
    expect(await cache.get('laptop')).toBe(100);
    shop.nowMs = 5_000;
    expect(await cache.get('laptop')).toBe(200);
    expect(shop.asked).toBe(2);
  });

  it('asks once for all who want to know at the same time', async () => {
    const { shop, cache } = cacheOf(5_000);
    expect(await Promise.all([cache.get('laptop'), cache.get('laptop')])).toEqual([100, 100]);
    expect(shop.asked).toBe(1);
  });

  it('does not remember that something is not sold, or anything at all without a time to live', async () => {
    const { shop, cache } = cacheOf(5_000);
    shop.priceCents = undefined;
    expect([await cache.get('unicorn'), await cache.get('unicorn')]).toEqual([undefined, undefined]);
    expect(shop.asked).toBe(2);
    const none = cacheOf(0);
    await none.cache.get('laptop');
    await none.cache.get('laptop');
    expect(none.shop.asked).toBe(2);
  });

  it('forgets a failure', async () => {
    const answers = [Promise.reject(new Error('down')), Promise.resolve(7)];
    const cache = createPriceCache({ ttlMs: 1_000, now: () => 0, load: () => answers.shift() as Promise<number> });
    await expect(cache.get('laptop')).rejects.toThrow('down');
    expect(await cache.get('laptop')).toBe(7);
  });
});
