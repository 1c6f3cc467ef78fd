import { describe, expect, it } from 'vitest';
import { createPool, PoolExhausted } from './pool.ts';

function poolOf(size: number, maxWaiting: number, maxWaitMs: number) {
  let opened = 0;
  return createPool({ size, maxWaiting, maxWaitMs, open: () => ++opened, close: () => {} });
}

describe('a pool', () => {
  it('opens no more than its size and hands connections on', async () => {
    const pool = poolOf(2, 10, 1_000);
    const used = await Promise.all(
      Array.from({ length: 6 }, () => pool.use((connection) => Promise.resolve(connection))),
    );
    expect(new Set(used)).toEqual(new Set([1, 2]));
    expect([pool.inUse, pool.waiting]).toEqual([0, 0]);
  });

  it('makes nobody wait for longer than it says', async () => {
    const pool = poolOf(1, 10, 20);
    const { promise, resolve } = Promise.withResolvers<void>();
    const first = pool.use(() => promise);
    await expect(pool.use(() => 'late')).rejects.toThrow(PoolExhausted);
    expect(pool.waiting).toBe(0);
    resolve();
    await first;
    expect(await pool.use(() => 'now')).toBe('now');
  });

  it('turns away who would wait behind too many', async () => {
    const pool = poolOf(1, 1, 50);
    const { promise, resolve } = Promise.withResolvers<void>();
    const first = pool.use(() => promise);
    const second = pool.use(() => 'second');
    await expect(pool.use(() => 'third')).rejects.toThrow('1 requests wait');
    resolve();
    expect(await second).toBe('second');
    await first;
  });

  it('gets its connection back from work that fails', async () => {
    const pool = poolOf(1, 0, 10);
    await expect(pool.use(() => Promise.reject(new Error('constraint')))).rejects.toThrow('constraint');
    expect(await pool.use((connection) => connection)).toBe(1);
  });
});
