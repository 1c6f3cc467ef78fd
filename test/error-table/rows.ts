import type { Fault, Step } from '../../scenarios/fault.ts';

/** One thing that somebody may do about a fault, and what the grader must say to it. */
export interface Row {
  fault: string;
  kind: 'healthy' | 'untouched' | 'right' | 'wrong';
  title: string;
  steps: readonly Step[];
  /** A right repair passes; anything else must not. */
  mustPass: boolean;
}

/** All rows of a fault: doing nothing, each right repair in its several forms, each wrong one. */
export function rowsOf(fault: Fault): Row[] {
  const row = (kind: Row['kind'], title: string, steps: readonly Step[]): Row => ({
    fault: fault.id,
    kind,
    title,
    steps,
    mustPass: kind === 'right',
  });
  return [
    row('untouched', 'nothing done', []),
    ...fault.solutions.map(({ title, steps }) => row('right', title, steps)),
    ...fault.wrongFixes.map(({ title, steps }) => row('wrong', title, steps)),
  ];
}

/**
 * Rounds of rows that are played together, at most one a fault: the grader judges each issue on its own, so eight
 * rows cost the time of one. Faults with fewer rows are repaired rightly in the rounds that they have no row for.
 */
export function roundsOf(faults: readonly Fault[]): Row[][] {
  const columns = faults.map(rowsOf);
  const length = Math.max(0, ...columns.map((rows) => rows.length));
  return Array.from({ length }, (_, index) => columns.flatMap((rows) => rows[index] ?? []));
}

/**
 * Rounds for faults that were not composed to be played together: what must pass is played beside what must pass, and
 * what must not beside what must not, so that none is left unjudged because of another one.
 * @param columns the rows of each fault
 */
export function roundsByKind(columns: readonly (readonly Row[])[]): Row[][] {
  return (['untouched', 'healthy', 'right', 'wrong'] as const).flatMap((kind) => {
    const ofKind = columns.map((rows) => rows.filter((row) => row.kind === kind));
    const length = Math.max(...ofKind.map((rows) => rows.length));
    return Array.from({ length }, (_, index) => ofKind.flatMap((rows) => rows[index] ?? []));
  });
}
