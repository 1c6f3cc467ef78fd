import { describe, expect, it } from 'vitest';
import { scoreOf } from './score.ts';
import { worst } from './verdict.ts';

const part = (points: number, maxPoints: number): { points: number; maxPoints: number } => ({ points, maxPoints });

describe('the score', () => {
  it.each([
    { name: 'all passed', parts: [part(60, 60), part(40, 40)], used: 0, score: 100, penalty: 0 },
    { name: 'half passed', parts: [part(60, 60), part(0, 40)], used: 0, score: 60, penalty: 0 },
    { name: 'three hints', parts: [part(60, 60), part(40, 40)], used: 3, score: 97, penalty: 3 },
    {
      name: 'more hints than a fifth of the points',
      parts: [part(60, 60), part(40, 40)],
      used: 50,
      score: 80,
      penalty: 20,
    },
    { name: 'hints and nothing repaired', parts: [part(0, 60), part(0, 40)], used: 5, score: 0, penalty: 0 },
    { name: 'nothing to judge', parts: [], used: 2, score: 0, penalty: 0 },
  ])('$name', ({ parts, used, score, penalty }) => {
    const result = scoreOf(parts, { used, cost: 1 });
    expect(result).toMatchObject({ score, hintPenalty: penalty });
    expect(result.score).toBeLessThanOrEqual(result.maxScore);
  });
});

describe('a whole', () => {
  it('fails when a part fails, even beside one that could not be judged', () => {
    expect(worst(['pass', 'undetermined', 'fail'])).toBe('fail');
  });
  it('is undetermined when a part is, and when there is nothing to judge', () => {
    expect(worst(['pass', 'undetermined'])).toBe('undetermined');
    expect(worst([])).toBe('undetermined');
  });
  it('passes only when all parts do', () => {
    expect(worst(['pass', 'pass'])).toBe('pass');
  });
});
