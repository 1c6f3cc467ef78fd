import type { Deed, Seen } from './times.ts';
import type { CameAbout } from './verdict.ts';

/** Changes that follow each other this closely were made in one go. */
const togetherMs = 5_000;
/** Of fewer components nobody can tell a folder that was restored from two quick repairs. */
const manyComponents = 3;

/**
 * How an issue came to be repaired: by a roll-back, together with many others as when healthy manifests are restored,
 * or by a change of its own. Told, not judged: a state that works, works.
 * @returns undefined when nothing that was written down explains it
 */
export function cameAbout(
  issue: { id: string; component: string },
  deeds: readonly Deed[],
  seen: readonly Seen[],
): CameAbout | undefined {
  const inOrder = seen.toSorted((one, other) => one.atMs - other.atMs);
  const isOpen = ({ issues }: Seen): boolean => issues.find(({ id }) => id === issue.id)?.verdict !== 'pass';
  const repaired = inOrder[inOrder.findLastIndex(isOpen) + 1];
  if (!repaired) return undefined;
  const changes = deeds.filter(({ kind, atMs }) => kind === 'change' && atMs <= repaired.atMs);
  const own = changes.filter(({ component }) => component === issue.component).at(-1);
  if (!own) return undefined;
  if (own.isRollBack) return 'roll-back';
  const together = new Set(inOneGo(own, changes).flatMap(({ component }) => component ?? []));
  return together.size >= manyComponents ? 'in-one-go' : 'change';
}

/** The changes around one, with no longer pause between any two. */
function inOneGo(around: Deed, changes: readonly Deed[]): Deed[] {
  const sorted = changes.toSorted((one, other) => one.atMs - other.atMs);
  const isPause = (index: number): boolean => (sorted[index]?.atMs ?? 0) - (sorted[index - 1]?.atMs ?? 0) > togetherMs;
  let [from, to] = [sorted.indexOf(around), sorted.indexOf(around) + 1];
  while (from > 0 && !isPause(from)) from--;
  while (to < sorted.length && !isPause(to)) to++;
  return sorted.slice(from, to);
}
