const dayMs = 24 * 60 * 60 * 1000;

/**
 * The faults whose turn it is: so many a day, so that all of them have had theirs after a while, and beside them as
 * many of those that a change touches. A change that touches more is for `npm run faults`.
 * @param ids all faults, in an order that stays
 * @param changed paths from the project's root
 */
export function dueFaults(ids: readonly string[], count: number, now: number, changed: readonly string[]): string[] {
  const touched = ids.filter((id) => changed.some((path) => path.startsWith(`scenarios/faults/${id}/`)));
  const due = new Set([...turnOf(ids, count, now), ...turnOf(touched, count, now)]);
  return ids.filter((id) => due.has(id));
}

function turnOf(ids: readonly string[], count: number, now: number): string[] {
  const first = (Math.floor(now / dayMs) * count) % Math.max(1, ids.length);
  return [...ids.slice(first), ...ids.slice(0, first)].slice(0, count);
}
