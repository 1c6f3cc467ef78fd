import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UpstreamError } from '../shared/upstream-error.ts';
import { retrying } from './retry.ts';

const busy = new UpstreamError('database-service', 'overloaded', 'busy');

/** Calls until `failures` of them have failed. @returns the moments of the calls in ms, and how it ended */
async function play(failures: number, error: Error): Promise<{ atMs: number[]; outcome: unknown }> {
  const startMs = Date.now();
  const atMs: number[] = [];
  const outcome = retrying(() => {
    atMs.push(Date.now() - startMs);
    return atMs.length <= failures ? Promise.reject(error) : Promise.resolve('stored');
  }).catch((reason: unknown) => reason);
  await vi.runAllTimersAsync();
  return { atMs, outcome: await outcome };
}

describe('retrying', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('gets over two failures, with a longer pause the second time', async () => {
    const { atMs, outcome } = await play(2, busy);
    expect(outcome).toBe('stored');
    const pausesMs = atMs.slice(1).map((ms, index) => ms - (atMs[index] ?? 0));
    expect(pausesMs[0]).toBeGreaterThanOrEqual(50);
    expect(pausesMs[1]).toBeGreaterThanOrEqual(100);
    expect(pausesMs[1]).toBeLessThanOrEqual(201);
  });

  it('gives up after four tries and less than a second of pauses', async () => {
    const { atMs, outcome } = await play(Infinity, busy);
    expect(atMs).toHaveLength(4);
    expect(atMs.at(-1)).toBeLessThan(750);
    expect(outcome).toBe(busy);
  });

  it('does not repeat what will fail again', async () => {
    const bug = new Error('a bug');
    expect(await play(Infinity, bug)).toEqual({ atMs: [0], outcome: bug });
  });
});
