import { describe, expect, it } from 'vitest';
import { verdictOf } from '../../grader/testing/verdicts.ts';
import { verdictMoments } from './timeline.ts';

describe('gradings in the timeline', () => {
  it('tell what each saw change, and what it did to the shop itself', () => {
    const first = verdictOf();
    const second = verdictOf({
      perturbations: [
        { what: 'a copy ran', undone: true },
        { what: 'one pod of each component was deleted', undone: true, inShop: true },
      ],
    });
    second.issues[0]!.verdict = 'fail';
    expect(verdictMoments([first, second]).map(({ text }) => text)).toEqual([
      'graded: 8 of 21',
      'issue 1 is repaired: A has no name',
      'for the grading one pod of each component was deleted',
      'graded: 8 of 21',
      'issue 1 is broken again: A has no name',
    ]);
  });
});
