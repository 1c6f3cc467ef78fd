import { describe, expect, it } from 'vitest';
import { pace } from './pace.ts';

describe('the pace of a long run', () => {
  it.each([
    [0, 4, 0, '0 of 4, 0 s'],
    [1, 4, 90_000, '1 of 4, 1 min 30 s, about 4 min 30 s to go'],
    [4, 4, 360_000, '4 of 4, 6 min 0 s'],
  ])('after %i of %i', (done, all, elapsedMs, text) => {
    expect(pace(done, all, elapsedMs)).toBe(text);
  });
});
