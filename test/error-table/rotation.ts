const dayMs = 24 * 60 * 60 * 1000;

/**
 * The faults whose turn it is: so many a day, so that all of them have had theirs after a while, and besides those
 * that a change touches.
 * @param ids all faults, in an order that stays
 * @param changed paths from the project's root
 */
export function dueFaults(ids: readonly string[], count: number, now: number, changed: readonly string[]): string[] {
  const first = (Math.floor(now / dayMs) * count) % Math.max(1, ids.length);
  const turn = Array.from({ length: Math.min(count, ids.length) }, (_, index) => ids[(first + index) % ids.length]);
  const isTouched = (id: string): boolean => changed.some((path) => path.startsWith(`scenarios/faults/${id}/`));
  return ids.filter((id) => turn.includes(id) || isTouched(id));
}
