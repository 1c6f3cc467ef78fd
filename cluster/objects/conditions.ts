/** What the conditions in every kind's status have in common. */
interface Condition {
  type: string;
  status: string;
  lastTransitionTime?: string;
}

export function isStatusConditionTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return conditions?.some((one) => one.type === type && one.status === 'True') ?? false;
}

/** When a condition took its status: now, unless it has had the same one before. */
export function transitionTime(
  conditions: readonly Condition[] | undefined,
  { type, status }: Pick<Condition, 'type' | 'status'>,
  now: string,
): string | undefined {
  const before = conditions?.find((one) => one.type === type);
  return before?.status === status ? before.lastTransitionTime : now;
}

/** The conditions with `next` in the place of the one of its type, or at the end. */
export function setStatusCondition<T extends Condition>(
  conditions: readonly T[] = [],
  next: Omit<T, 'lastTransitionTime'> & Pick<Condition, 'type' | 'status'>,
  now: string,
): T[] {
  const lastTransitionTime = transitionTime(conditions, next, now);
  const set = { ...next, ...(lastTransitionTime === undefined ? {} : { lastTransitionTime }) } as T;
  const index = conditions.findIndex(({ type }) => type === next.type);
  return index < 0 ? [...conditions, set] : conditions.with(index, set);
}
