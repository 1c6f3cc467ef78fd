import { describe, expect, it } from 'vitest';
import { verdictOf } from '../../grader/testing/verdicts.ts';
import type { Answer } from '../../grader/verdict.ts';
import { outcomeOf, wrongAnswers } from './outcome.ts';
import type { Row } from './rows.ts';
import { markdown, summarise, tally } from './tally.ts';

const right: Row = { fault: 'a', kind: 'right', title: 'as it should be', steps: [], mustPass: true };
const wrong: Row = { fault: 'b', kind: 'wrong', title: 'delete it', steps: [], mustPass: false };
const played = (row: Row, ...answers: Answer[]) => answers.map((answer) => ({ row, answer, grounds: [], gradeS: 9 }));

describe('the error table', () => {
  const tallies = tally([
    ...played(right, 'pass', 'fail', 'undetermined'),
    ...played(wrong, 'fail', 'pass', 'pass', 'undetermined'),
  ]);

  it('counts a right repair that fails and a wrong one that passes, and apart what could not be judged', () => {
    expect(tallies).toMatchObject([
      { row: right, runs: 3, falsePasses: 0, falseFails: 1, undetermined: 1 },
      { row: wrong, runs: 4, falsePasses: 2, falseFails: 0, undetermined: 1 },
    ]);
    expect(summarise(tallies)).toMatchObject({ rows: 2, runs: 7, falsePasses: 2, falseFails: 1, undetermined: 2 });
  });

  it('is a table in Markdown', () => {
    expect(markdown(tallies).split('\n').at(-1)).toBe('| b | wrong | delete it | fail | 4 | 2 | 0 | 1 |');
  });

  it('goes by the answer to the issue that the fault is, and tells what spoke against it', () => {
    const outcomes = [outcomeOf(right, verdictOf(), 9), outcomeOf(wrong, verdictOf(), 9)];
    expect(outcomes.map(({ answer }) => answer)).toEqual(['pass', 'fail']);
    expect(wrongAnswers(outcomes)).toEqual([]);
    const mistaken = outcomeOf({ ...right, fault: 'b' }, verdictOf(), 9);
    expect(wrongAnswers([mistaken])).toEqual(['  b, right "as it should be": fail one']);
    expect(outcomeOf({ ...right, fault: 'gone' }, verdictOf(), 9).answer).toBe('undetermined');
  });
});
