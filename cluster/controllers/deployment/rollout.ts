/** What a deployment does next with its replica sets. One step at a time; status changes call for the next. */
import type { Deployment, ReplicaSet } from '../../objects/types.ts';
import { desiredReplicas, rolloutLimits } from './limits.ts';
import { byAge, findNewReplicaSet, newReplicaSet, resized, revisionOf, syncedReplicaSet } from './replica-sets.ts';
import { isScaling, planScaling } from './scaling.ts';

export type Action =
  | { type: 'create'; replicaSet: ReplicaSet }
  /** Replaces the replica set; `from` is the size it had. */
  | { type: 'update'; replicaSet: ReplicaSet; from: number }
  | { type: 'delete'; replicaSet: ReplicaSet };

export interface Situation {
  deployment: Deployment;
  /** All that the deployment owns. */
  replicaSets: readonly ReplicaSet[];
  /** Whether pods of other templates still run; decides when Recreate may go on. */
  hasOldPods: boolean;
}

export function planRollout({ deployment, replicaSets, hasOldPods }: Situation): Action[] {
  if (deployment.metadata.deletionTimestamp) return [];
  const current = findNewReplicaSet(deployment, replicaSets);
  const old = byAge(replicaSets.filter((replicaSet) => replicaSet !== current));
  if (current) {
    const synced = syncedReplicaSet(deployment, current, old);
    if (synced !== current) return [update(current, synced)];
  }
  if (deployment.spec?.paused) {
    return [...planScaling(deployment, current, old), ...planHistory(deployment, old)];
  }
  if (isScaling(deployment, replicaSets)) return planScaling(deployment, current, old);
  const steps =
    deployment.spec?.strategy?.type === 'Recreate'
      ? planRecreate(deployment, current, old, hasOldPods)
      : planRollingUpdate(deployment, current, old);
  if (steps.length > 0) return steps;
  return isComplete(deployment, replicaSets, current) ? planHistory(deployment, old) : [];
}

function planRecreate(
  deployment: Deployment,
  current: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
  hasOldPods: boolean,
): Action[] {
  const down = old.flatMap((replicaSet) => resize(deployment, replicaSet, 0));
  if (down.length > 0 || hasOldPods) return down;
  const replicas = desiredReplicas(deployment);
  return current
    ? resize(deployment, current, replicas)
    : [{ type: 'create', replicaSet: newReplicaSet(deployment, old, replicas) }];
}

function planRollingUpdate(
  deployment: Deployment,
  current: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
): Action[] {
  const newSize = nextNewSize(deployment, current, old);
  if (!current) return [{ type: 'create', replicaSet: newReplicaSet(deployment, old, newSize) }];
  if (desiredReplicas(current) !== newSize) return resize(deployment, current, newSize);
  return planScaleDown(deployment, current, old);
}

/** As many new pods as the surge leaves room for. */
function nextNewSize(deployment: Deployment, current: ReplicaSet | undefined, old: readonly ReplicaSet[]): number {
  const replicas = desiredReplicas(deployment);
  const size = current ? desiredReplicas(current) : 0;
  if (size >= replicas) return replicas;
  const room = replicas + rolloutLimits(deployment).maxSurge - (size + total(old, desiredReplicas));
  return room <= 0 ? size : Math.min(replicas, size + room);
}

/** Takes away old pods as far as enough stay available; those that never became available go first and cost nothing. */
function planScaleDown(deployment: Deployment, current: ReplicaSet, old: readonly ReplicaSet[]): Action[] {
  const oldPods = total(old, desiredReplicas);
  if (oldPods === 0) return [];
  const minAvailable = desiredReplicas(deployment) - rolloutLimits(deployment).maxUnavailable;
  const newUnavailable = desiredReplicas(current) - available(current);
  let removable = oldPods + desiredReplicas(current) - minAvailable - newUnavailable;
  if (removable <= 0) return [];

  const sizes = new Map(old.map((replicaSet) => [replicaSet, desiredReplicas(replicaSet)]));
  const shrink = (replicaSet: ReplicaSet, by: number) => {
    sizes.set(replicaSet, (sizes.get(replicaSet) ?? 0) - by);
    removable -= by;
  };
  for (const replicaSet of old) {
    const unhealthy = Math.max(0, desiredReplicas(replicaSet) - available(replicaSet));
    shrink(replicaSet, Math.min(removable, unhealthy));
  }
  removable = total(old, available) + available(current) - minAvailable;
  for (const replicaSet of old) shrink(replicaSet, Math.max(0, Math.min(removable, sizes.get(replicaSet) ?? 0)));

  return old
    .filter((replicaSet) => sizes.get(replicaSet) !== desiredReplicas(replicaSet))
    .flatMap((replicaSet) => resize(deployment, replicaSet, sizes.get(replicaSet) ?? 0));
}

/** Old, empty replica sets beyond `revisionHistoryLimit`, the lowest revisions first. */
function planHistory(deployment: Deployment, old: readonly ReplicaSet[]): Action[] {
  const limit = deployment.spec?.revisionHistoryLimit ?? 10;
  const kept = old.filter((replicaSet) => !replicaSet.metadata.deletionTimestamp);
  return kept
    .toSorted((a, b) => revisionOf(a) - revisionOf(b))
    .slice(0, Math.max(0, kept.length - limit))
    .filter((replicaSet) => desiredReplicas(replicaSet) === 0 && (replicaSet.status?.replicas ?? 0) === 0)
    .map((replicaSet) => ({ type: 'delete', replicaSet }));
}

function isComplete(deployment: Deployment, all: readonly ReplicaSet[], current: ReplicaSet | undefined): boolean {
  const replicas = desiredReplicas(deployment);
  return (
    (current?.status?.replicas ?? 0) === replicas &&
    total(all, (replicaSet) => replicaSet.status?.replicas ?? 0) === replicas &&
    total(all, available) === replicas
  );
}

function resize(deployment: Deployment, replicaSet: ReplicaSet, replicas: number): Action[] {
  if (desiredReplicas(replicaSet) === replicas) return [];
  return [update(replicaSet, resized(deployment, replicaSet, replicas))];
}

function update(before: ReplicaSet, after: ReplicaSet): Action {
  return { type: 'update', replicaSet: after, from: desiredReplicas(before) };
}

function available(replicaSet: ReplicaSet): number {
  return replicaSet.status?.availableReplicas ?? 0;
}

function total(replicaSets: readonly ReplicaSet[], count: (replicaSet: ReplicaSet) => number): number {
  return replicaSets.reduce((sum, replicaSet) => sum + count(replicaSet), 0);
}
