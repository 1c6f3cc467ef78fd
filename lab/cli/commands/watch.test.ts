import { describe, expect, it } from 'vitest';
import { verdictOf } from '../../../grader/testing/verdicts.ts';
import { changes } from './watch.ts';

describe('a grading that is watched', () => {
  const before = verdictOf();

  it('tells of every issue at first', () => {
    expect(changes(before)).toEqual([
      { number: 1, title: 'A has no name', to: 'pass' },
      { number: 2, title: 'B throws orders away', to: 'fail' },
    ]);
  });

  it('then of those that were repaired, or broke again', () => {
    expect(changes(verdictOf(), before)).toEqual([]);
    const after = verdictOf();
    after.issues[0]!.verdict = 'fail';
    after.issues[1]!.verdict = 'pass';
    expect(changes(after, before).map(({ number, to }) => [number, to])).toEqual([
      [1, 'fail'],
      [2, 'pass'],
    ]);
  });
});
