import type { Verdict } from '../../grader/verdict.ts';
import type { Row } from './rows.ts';
import type { Outcome } from './tally.ts';

/** What a verdict says to one row, and by what it went. */
export function outcomeOf(row: Row, verdict: Verdict, gradeS: number): Outcome {
  const issue = verdict.issues.find(({ id }) => id === row.fault);
  const grounds = (issue?.checks ?? []).filter((check) => check.verdict !== 'pass').map((check) => check.observed);
  return { row, answer: issue?.verdict ?? 'undetermined', grounds, gradeS };
}

/** Those that the grader was wrong about or could not judge, a line each. */
export function wrongAnswers(outcomes: readonly Outcome[]): string[] {
  return outcomes
    .filter(({ row, answer }) => answer !== (row.mustPass ? 'pass' : 'fail'))
    .map(({ row, answer, grounds }) => `  ${row.fault}, ${row.kind} "${row.title}": ${answer} ${grounds.join('; ')}`);
}
