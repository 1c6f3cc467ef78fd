import { toTimestamp } from '../../../lib/clock.ts';
import type { Job } from '../../objects/types.ts';

export type JobCondition = NonNullable<NonNullable<Job['status']>['conditions']>[number];

export function conditionOf({ status }: Job, type: string): JobCondition | undefined {
  return status?.conditions?.find((one) => one.type === type && one.status === 'True');
}

/** When the Job came to its end, milliseconds since the epoch; undefined while it goes on. */
export function finishedAtMs(job: Job): number | undefined {
  const end = conditionOf(job, 'Complete') ?? conditionOf(job, 'Failed');
  return end && Date.parse(end.lastTransitionTime ?? '');
}

export function condition(
  type: string,
  status: string,
  why: { reason: string; message: string },
  nowMs: number,
): JobCondition {
  const now = toTimestamp(nowMs);
  return { type, status, lastProbeTime: now, lastTransitionTime: now, ...why };
}

/** The conditions with `added` in the places of those of the same types, or at the end. */
export function withConditions(conditions: readonly JobCondition[], added: readonly JobCondition[]): JobCondition[] {
  const others = conditions.filter(({ type }) => !added.some((one) => one.type === type));
  return [...others, ...added];
}
