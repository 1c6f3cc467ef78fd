import type { PodDisruptionBudget } from './types.ts';

type Condition = NonNullable<NonNullable<PodDisruptionBudget['status']>['conditions']>[number];

/** Whether a budget allows disruptions, as its one condition says it. */
export function disruptionCondition(
  disruptionsAllowed: number,
  generation: number | undefined,
): Omit<Condition, 'lastTransitionTime'> {
  const isAllowed = disruptionsAllowed > 0;
  return {
    type: 'DisruptionAllowed',
    status: isAllowed ? 'True' : 'False',
    reason: isAllowed ? 'SufficientPods' : 'InsufficientPods',
    message: '',
    ...(generation === undefined ? {} : { observedGeneration: generation }),
  };
}
