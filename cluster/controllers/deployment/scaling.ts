/** A change of `spec.replicas`, in the middle of a roll-out too: the sizes keep their proportions. */
import type { Deployment, ReplicaSet } from '../../objects/types.ts';
import { desiredReplicas, rolloutLimits } from './limits.ts';
import { DESIRED_REPLICAS, MAX_REPLICAS, resized } from './replica-sets.ts';
import type { Action } from './rollout.ts';

/** Whether the deployment was scaled since its replica sets were last sized. */
export function isScaling(deployment: Deployment, replicaSets: readonly ReplicaSet[]): boolean {
  return replicaSets.some((replicaSet) => {
    const sizedFor = replicaSet.metadata.annotations?.[DESIRED_REPLICAS];
    return (
      desiredReplicas(replicaSet) > 0 && sizedFor !== undefined && Number(sizedFor) !== desiredReplicas(deployment)
    );
  });
}

export function planScaling(
  deployment: Deployment,
  current: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
): Action[] {
  const all = current ? [...old, current] : [...old];
  const active = all.filter((replicaSet) => desiredReplicas(replicaSet) > 0);
  const only = active.length > 1 ? undefined : (active[0] ?? current ?? old.at(-1));
  const sizes = only
    ? new Map([[only, desiredReplicas(deployment)]])
    : isSaturated(deployment, current)
      ? new Map(active.filter((replicaSet) => replicaSet !== current).map((replicaSet) => [replicaSet, 0]))
      : proportionalSizes(deployment, active);
  return [...sizes].flatMap(([replicaSet, size]) => {
    const after = resized(deployment, replicaSet, size);
    return after === replicaSet ? [] : [{ type: 'update', replicaSet: after, from: desiredReplicas(replicaSet) }];
  });
}

function isSaturated(deployment: Deployment, current: ReplicaSet | undefined): boolean {
  const replicas = desiredReplicas(deployment);
  return (
    current !== undefined &&
    desiredReplicas(current) === replicas &&
    Number(current.metadata.annotations?.[DESIRED_REPLICAS]) === replicas &&
    current.status?.availableReplicas === replicas
  );
}

/** Shares out the difference by the size each has; the largest is served first and takes what rounding leaves. */
function proportionalSizes(deployment: Deployment, active: readonly ReplicaSet[]): Map<ReplicaSet, number> {
  const replicas = desiredReplicas(deployment);
  const allowed = replicas > 0 ? replicas + rolloutLimits(deployment).maxSurge : 0;
  const before = active.reduce((sum, replicaSet) => sum + desiredReplicas(replicaSet), 0);
  let rest = allowed - before;
  const largestFirst = active.toSorted(
    (a, b) =>
      desiredReplicas(b) - desiredReplicas(a) ||
      (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? ''),
  );
  const sizes = new Map<ReplicaSet, number>();
  for (const replicaSet of largestFirst) {
    const size = desiredReplicas(replicaSet);
    const sizedFor = Number(replicaSet.metadata.annotations?.[MAX_REPLICAS]) || before;
    const share = replicas === 0 ? -size : Math.round((size * allowed) / sizedFor) - size;
    const step = rest > 0 ? Math.min(Math.max(share, 0), rest) : Math.max(Math.min(share, 0), rest);
    sizes.set(replicaSet, size + step);
    rest -= step;
  }
  const [largest] = largestFirst;
  if (largest) sizes.set(largest, Math.max(0, (sizes.get(largest) ?? 0) + rest));
  return sizes;
}
