import { toTimestamp } from '../../../lib/clock.ts';
import type { HorizontalPodAutoscaler } from '../../objects/types.ts';

export type Condition = NonNullable<NonNullable<HorizontalPodAutoscaler['status']>['conditions']>[number];
export type ConditionType = 'AbleToScale' | 'ScalingActive' | 'ScalingLimited';
export type Finding = Pick<Condition, 'status' | 'reason' | 'message'> & { type: ConditionType };

/** Sets conditions in place of those of the same type, in their order; a transition is a change of status. */
export function withFindings(
  conditions: readonly Condition[] = [],
  findings: readonly Finding[],
  nowMs: number,
): Condition[] {
  const next = [...conditions];
  for (const finding of findings) {
    const index = next.findIndex(({ type }) => type === finding.type);
    const before = next[index];
    const lastTransitionTime = before?.status === finding.status ? before.lastTransitionTime : toTimestamp(nowMs);
    next.splice(index < 0 ? next.length : index, 1, {
      ...finding,
      ...(lastTransitionTime ? { lastTransitionTime } : {}),
    });
  }
  return next;
}
