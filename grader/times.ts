import type { Answer, Times } from './verdict.ts';

/** What a person did, whichever trail tells of it. */
export interface Deed {
  atMs: number;
  kind: 'look' | 'change' | 'finding';
  /** What was changed, where the trail names it. */
  component?: string;
  isRollBack?: boolean;
}

/** What a grading saw. */
export interface Seen {
  /** When the grading began: what it saw had been done by then. */
  atMs: number;
  verdict: Answer;
  issues: readonly { id: string; verdict: Answer }[];
}

/**
 * How long everything took, counted from the hand-over. A repair is as old as the last change before the grading that
 * first saw it, not as that grading.
 * @param rightFindingsMs when the right findings were written down
 */
export function timesOf(
  handedOverAtMs: number,
  deeds: readonly Deed[],
  seen: readonly Seen[],
  rightFindingsMs: readonly number[],
): Times {
  const after = deeds.filter(({ atMs }) => atMs >= handedOverAtMs);
  const changes = after.filter(({ kind }) => kind === 'change').map(({ atMs }) => atMs);
  const lastChangeBefore = (atMs: number): number[] => changes.filter((change) => change <= atMs).slice(-1);
  const inOrder = seen.filter(({ atMs }) => atMs >= handedOverAtMs).toSorted((one, other) => one.atMs - other.atMs);
  const firstRepair = inOrder.find(({ issues }) => issues.some(({ verdict }) => verdict === 'pass'));
  const allWell = inOrder.find(({ verdict }) => verdict === 'pass');
  const since = (moments: readonly number[]): number | null =>
    moments.length === 0 ? null : Math.max(0, Math.round((Math.min(...moments) - handedOverAtMs) / 1000));
  return {
    detectS: since(after.map(({ atMs }) => atMs)),
    diagnoseS: since(rightFindingsMs.filter((atMs) => atMs >= handedOverAtMs)),
    mitigateS: since(firstRepair ? lastChangeBefore(firstRepair.atMs) : []),
    resolveS: since(allWell ? lastChangeBefore(allWell.atMs) : []),
  };
}
