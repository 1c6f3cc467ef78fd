import type { Change } from './diff.ts';
import type { Recording } from './recording.ts';

/** What came of comparing one recording. */
export interface Outcome {
  recording: Pick<Recording, 'case' | 'name' | 'command'>;
  verdict: 'same' | 'known' | 'differs' | 'missing';
  /** Why a known difference is there. */
  reasons?: string[];
  changes?: Change[];
}

const marks = { same: '✓', known: '≈', differs: '✗', missing: '?' } as const;
const diffLinesShown = 14;

/** The table case × verdict, each difference with a short diff, each known difference with its reasons. */
export function renderReport(outcomes: readonly Outcome[], { all = false } = {}): string {
  const byCase = Map.groupBy(outcomes, ({ recording }) => recording.case);
  return `${[...details(outcomes, all), '', ...table(byCase), '', ...legend(outcomes)].join('\n')}\n`;
}

function details(outcomes: readonly Outcome[], all: boolean): string[] {
  return outcomes.flatMap(({ recording, verdict, reasons = [], changes = [] }) => {
    const shown = verdict === 'differs' || verdict === 'missing' || all;
    if (!shown) return [];
    const hidden = changes.length - diffLinesShown;
    return [
      `${marks[verdict]} ${recording.case}/${recording.name}  $ ${recording.command}`,
      ...reasons.map((reason) => `    known: ${reason}`),
      ...(verdict === 'differs' ? changes.slice(0, diffLinesShown).map(({ side, line }) => `    ${side} ${line}`) : []),
      ...(verdict === 'differs' && hidden > 0 ? [`    … ${hidden} more`] : []),
    ];
  });
}

function table(byCase: ReadonlyMap<string, readonly Outcome[]>): string[] {
  const verdicts = ['same', 'known', 'differs', 'missing'] as const;
  const row = (name: string, cells: readonly (string | number)[]) =>
    [name.padEnd(26), ...cells.map((cell) => String(cell).padStart(8))].join(' ');
  const count = (outcomes: readonly Outcome[]) =>
    verdicts.map((verdict) => outcomes.filter((outcome) => outcome.verdict === verdict).length);
  return [
    row('case', verdicts),
    ...[...byCase].map(([name, outcomes]) => row(name, count(outcomes))),
    row('all', count([...byCase.values()].flat())),
  ];
}

function legend(outcomes: readonly Outcome[]): string[] {
  const reasons = new Map<string, number>();
  for (const reason of outcomes.flatMap((outcome) => (outcome.verdict === 'known' ? (outcome.reasons ?? []) : []))) {
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  return [...reasons].map(([reason, count]) => `${marks.known} ${String(count).padStart(3)}×  ${reason}`);
}
