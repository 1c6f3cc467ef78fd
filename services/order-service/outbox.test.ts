import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createOutbox } from './outbox.ts';

describe('the outbox', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('tries again until it works, and then sends what waits behind', async () => {
    const outbox = createOutbox(() => {});
    const first = vi.fn<() => Promise<void>>().mockRejectedValueOnce(new Error('down')).mockResolvedValue(undefined);
    const second = vi.fn<() => Promise<void>>().mockResolvedValue(undefined);
    outbox.keep(first);
    outbox.keep(second);
    await vi.advanceTimersByTimeAsync(3_000);
    expect([first.mock.calls.length, second.mock.calls.length]).toEqual([1, 0]);
    await vi.advanceTimersByTimeAsync(3_000);
    expect([first.mock.calls.length, second.mock.calls.length]).toEqual([2, 1]);
    expect(outbox.length).toBe(0);
  });

  it('gives up after twenty tries and says so', async () => {
    const lost: unknown[] = [];
    const outbox = createOutbox((error) => lost.push(error));
    const down = new Error('down');
    outbox.keep(() => Promise.reject(down));
    await vi.advanceTimersByTimeAsync(120_000);
    expect(lost).toEqual([down]);
    expect(outbox.length).toBe(0);
  });

  it('takes no more than a thousand', () => {
    const outbox = createOutbox(() => {});
    const taken = Array.from({ length: 1_001 }, () => outbox.keep(() => Promise.resolve()));
    expect(taken.filter(Boolean)).toHaveLength(1_000);
    outbox.close();
  });
});
