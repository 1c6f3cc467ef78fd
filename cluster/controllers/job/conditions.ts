import { toTimestamp } from '../../../lib/clock.ts';
import { setStatusCondition } from '../../objects/conditions.ts';
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

export function withCondition(
  conditions: readonly JobCondition[] | undefined,
  next: Pick<JobCondition, 'type' | 'status' | 'reason' | 'message'>,
  nowMs: number,
): JobCondition[] {
  const now = toTimestamp(nowMs);
  return setStatusCondition<JobCondition>(conditions, { ...next, lastProbeTime: now }, now);
}
