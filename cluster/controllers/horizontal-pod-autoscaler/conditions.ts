import { toTimestamp } from '../../../lib/clock.ts';
import { setStatusCondition } from '../../objects/conditions.ts';
import type { HorizontalPodAutoscaler } from '../../objects/types.ts';

export type Condition = NonNullable<NonNullable<HorizontalPodAutoscaler['status']>['conditions']>[number];
export type ConditionType = 'AbleToScale' | 'ScalingActive' | 'ScalingLimited';
export type Finding = Pick<Condition, 'status' | 'reason' | 'message'> & { type: ConditionType };

export function withFindings(
  conditions: readonly Condition[] = [],
  findings: readonly Finding[],
  nowMs: number,
): Condition[] {
  const now = toTimestamp(nowMs);
  return findings.reduce((next, finding) => setStatusCondition<Condition>(next, finding, now), [...conditions]);
}
