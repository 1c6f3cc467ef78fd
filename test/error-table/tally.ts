import type { Answer } from '../../grader/verdict.ts';
import type { Row } from './rows.ts';

/** What the grader answered to one row in one repeat. */
export interface Outcome {
  row: Row;
  answer: Answer;
  /** What was observed where a check did not pass. */
  grounds: readonly string[];
  /** Of the whole verdict that held this answer, seconds. */
  gradeS: number;
}

export interface Tally {
  row: Row;
  runs: number;
  falsePasses: number;
  falseFails: number;
  undetermined: number;
  medianGradeS: number;
}

/** Sums the repeats of each row. */
export function tally(outcomes: readonly Outcome[]): Tally[] {
  const byRow = Map.groupBy(outcomes, ({ row }) => row);
  return [...byRow].map(([row, all]) => {
    const count = (answer: Answer) => all.filter((outcome) => outcome.answer === answer).length;
    return {
      row,
      runs: all.length,
      falsePasses: row.mustPass ? 0 : count('pass'),
      falseFails: row.mustPass ? count('fail') : 0,
      undetermined: count('undetermined'),
      medianGradeS: median(all.map(({ gradeS }) => gradeS)),
    };
  });
}

export interface Summary {
  rows: number;
  runs: number;
  falsePasses: number;
  falseFails: number;
  undetermined: number;
  medianGradeS: number;
}

export function summarise(tallies: readonly Tally[]): Summary {
  const sum = (of: (entry: Tally) => number) => tallies.reduce((total, entry) => total + of(entry), 0);
  return {
    rows: tallies.length,
    runs: sum(({ runs }) => runs),
    falsePasses: sum(({ falsePasses }) => falsePasses),
    falseFails: sum(({ falseFails }) => falseFails),
    undetermined: sum(({ undetermined }) => undetermined),
    medianGradeS: median(tallies.map(({ medianGradeS }) => medianGradeS)),
  };
}

/** The upper one of two in the middle; 0 of nothing. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** The table as Markdown, for a terminal and for the README alike. */
export function markdown(tallies: readonly Tally[]): string {
  const lines = tallies.map(({ row, runs, falsePasses, falseFails, undetermined }) => {
    const cells = [
      row.fault,
      row.kind,
      row.title,
      row.mustPass ? 'pass' : 'fail',
      runs,
      falsePasses,
      falseFails,
      undetermined,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const head = ['fault', 'kind', 'what was done', 'must', 'runs', 'false passes', 'false fails', 'could not judge'];
  return [`| ${head.join(' | ')} |`, `|${head.map(() => '---').join('|')}|`, ...lines].join('\n');
}
