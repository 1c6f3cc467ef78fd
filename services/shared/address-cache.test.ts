import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createAddressCache } from './address-cache.ts';

/** A resolver whose answer can be changed, a clock that stands still, and what the cache said about it. */
function setUp(ttlMs: number) {
  const world = { address: '10.43.0.7', nowMs: 0, asked: 0, moves: [] as string[][], fails: false };
  const cache = createAddressCache({
    ttlMs,
    now: () => world.nowMs,
    onMove: (addresses) => void world.moves.push(addresses),
    ask(_host, _options, callback) {
      world.asked++;
      if (world.fails) {
        callback(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }), []);
      } else {
        callback(null, [{ address: world.address, family: 4 }]);
      }
    },
  });
  return { world, find: () => promisify(cache)('database-service', {}) };
}

describe('the address of an upstream', () => {
  it('is asked for once while it may be believed, and told when it changes', async () => {
    const { world, find } = setUp(5_000);
    expect(await Promise.all([find(), find()])).toEqual(['10.43.0.7', '10.43.0.7']);
    world.address = '10.43.0.9';
    world.nowMs = 4_999;
    expect(await find()).toBe('10.43.0.7');
    world.nowMs = 5_000;
    expect(await find()).toBe('10.43.0.9');
    expect(world).toMatchObject({ asked: 2, moves: [['10.43.0.7'], ['10.43.0.9']] });
  });

  it('is asked for each time when nothing may be believed', async () => {
    const { world, find } = setUp(0);
    await find();
    await find();
    expect(world.asked).toBe(2);
  });

  it('is not known when nobody knows it, and nothing is remembered of that', async () => {
    const { world, find } = setUp(5_000);
    world.fails = true;
    await expect(find()).rejects.toMatchObject({ code: 'ENOTFOUND' });
    world.fails = false;
    expect(await find()).toBe('10.43.0.7');
  });
});
