import { toTimestamp } from '../../lib/clock.ts';
import { setStatusCondition } from './conditions.ts';
import type { Pod } from './types.ts';

export type PodCondition = NonNullable<NonNullable<Pod['status']>['conditions']>[number];

/** The pod's conditions with one set as of now. */
export function withPodCondition(
  { metadata, status }: Pod,
  verdict: Pick<PodCondition, 'type' | 'status' | 'reason' | 'message'>,
  nowMs: number,
): PodCondition[] {
  const next = {
    ...verdict,
    // Always null on the wire, and there.
    lastProbeTime: null as unknown as string,
    ...(metadata.generation === undefined ? {} : { observedGeneration: metadata.generation }),
  };
  return setStatusCondition<PodCondition>(status?.conditions, next, toTimestamp(nowMs));
}

/** Why a pod that did nothing wrong is being sent away, by whoever does it. */
const disruptions = {
  EvictionByEvictionAPI: 'Eviction API: evicting',
  DeletionByTaintManager: 'Taint manager: deleting due to NoExecute taint',
  PreemptionByScheduler: 'default-scheduler: preempting to accommodate a higher priority pod',
};

/** The pod's conditions with the one that says it is sent away. */
export function withDisruptionTarget(pod: Pod, reason: keyof typeof disruptions, nowMs: number): PodCondition[] {
  return withPodCondition(
    pod,
    { type: 'DisruptionTarget', status: 'True', reason, message: disruptions[reason] },
    nowMs,
  );
}
