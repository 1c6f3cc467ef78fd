import { toTimestamp } from '../../../lib/clock.ts';
import { isActive, isEnded, isReady, untilAvailableMs } from '../../objects/pod-state.ts';
import { matchesLabels } from '../../objects/selector.ts';
import type { Pod, ReplicaSet } from '../../objects/types.ts';

type ReplicaSetStatus = NonNullable<ReplicaSet['status']>;

/** Why pods could not be created or deleted. */
export interface Failure {
  reason: 'FailedCreate' | 'FailedDelete';
  message: string;
}

/** The status that follows from the owned pods at `nowMs`, and when a pod will become available. */
export function replicaSetStatus(
  replicaSet: ReplicaSet,
  owned: readonly Pod[],
  failure: Failure | undefined,
  nowMs: number,
): { status: ReplicaSetStatus; untilAvailableMs: number | undefined } {
  const active = owned.filter(isActive);
  const templateLabels = { matchLabels: replicaSet.spec?.template?.metadata?.labels ?? {} };
  const waits = active
    .map((pod) => untilAvailableMs(pod, replicaSet.spec?.minReadySeconds ?? 0, nowMs))
    .filter((wait) => wait !== undefined);
  const pending = waits.filter((wait) => wait > 0);
  const counts = {
    fullyLabeledReplicas: active.filter((pod) => matchesLabels(templateLabels, pod.metadata.labels)).length,
    readyReplicas: active.filter(isReady).length,
    availableReplicas: waits.length - pending.length,
  };
  const conditions = withFailure(replicaSet.status?.conditions ?? [], failure, nowMs);
  return {
    status: {
      replicas: active.length,
      ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
      terminatingReplicas: owned.filter((pod) => pod.metadata.deletionTimestamp && !isEnded(pod)).length,
      observedGeneration: replicaSet.metadata.generation,
      ...(conditions.length > 0 ? { conditions } : {}),
    },
    untilAvailableMs: pending.length > 0 ? Math.min(...pending) : undefined,
  };
}

function withFailure(
  conditions: NonNullable<ReplicaSetStatus['conditions']>,
  failure: Failure | undefined,
  nowMs: number,
): NonNullable<ReplicaSetStatus['conditions']> {
  const others = conditions.filter(({ type }) => type !== 'ReplicaFailure');
  if (!failure) return others;
  // The first failure stands until it is over: the names in later messages would change the status each time.
  if (others.length < conditions.length) return conditions;
  return [...others, { type: 'ReplicaFailure', status: 'True', lastTransitionTime: toTimestamp(nowMs), ...failure }];
}
