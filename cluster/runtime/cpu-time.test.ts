import { describe, expect, it } from 'vitest';
import { CpuTime } from './cpu-time.ts';

describe('processor time', () => {
  it('of children that have ended stays in the sum, also when their ids are given away again', () => {
    const time = new CpuTime();
    time.note(1, 100);
    time.note(2, 30);
    time.note(2, 50);
    time.end(2);
    expect(time.totalMs).toBe(150);
    time.note(2, 5);
    expect(time.totalMs).toBe(155);
    time.endAllBut(new Set([1]));
    time.note(1, 120);
    expect(time.totalMs).toBe(175);
  });
});
