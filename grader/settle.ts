import { sleep, type Clock } from '../lib/clock.ts';
import type { Kube } from '../lib/kube/kube.ts';
import { isReady, podsOf, readState, type Deployment, type Pod, type ReplicaSet, type State } from './state.ts';

const settlesWithinMs = 15_000;
const lookEveryMs = 300;
/** A pod that is younger may still become ready; an older one is as it is. */
const youngMs = 6_000;

/**
 * Waits, for a while, until roll-outs that are under way have ended: who repairs and grades at once must not be
 * judged by the old pods.
 */
export async function awaitSettled(
  kube: Kube,
  namespace: string,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<void> {
  const deadline = clock.now() + settlesWithinMs;
  while (clock.now() < deadline && !isSettled(await readState(kube, namespace), clock.now())) {
    await sleep(clock, lookEveryMs, signal);
  }
}

export function isSettled(state: State, nowMs: number): boolean {
  return state.deployments.every((deployment) => {
    const pods = podsOf(state, deployment.metadata.name);
    if (pods.some((pod) => isStarting(pod, nowMs))) return false;
    return isRolledOut(deployment) || isStuck(deployment, pods, state, nowMs);
  });
}

function isObserved({ metadata, status }: Deployment): boolean {
  return (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);
}

function isRolledOut(deployment: Deployment): boolean {
  const { replicas = 0, updatedReplicas = 0 } = deployment.status ?? {};
  if (deployment.spec.paused) return true;
  return isObserved(deployment) && replicas === updatedReplicas && replicas === (deployment.spec.replicas ?? 1);
}

/** A roll-out that won't get any further: its new pods have failed, or nothing has moved for a while. */
function isStuck(deployment: Deployment, pods: readonly Pod[], state: State, nowMs: number): boolean {
  if (!isObserved(deployment)) return false;
  const newest = newestSet(deployment, state);
  const isNew = (pod: Pod): boolean =>
    pod.metadata.ownerReferences?.some(({ uid }) => uid === newest?.metadata.uid) ?? false;
  if (pods.some((pod) => isNew(pod) && hasFailed(pod))) return true;
  const progressing = deployment.status?.conditions?.find(({ type }) => type === 'Progressing');
  return nowMs - Date.parse(progressing?.lastUpdateTime ?? '') >= youngMs;
}

const revision = 'deployment.kubernetes.io/revision';

function newestSet({ metadata: { uid } }: Deployment, { replicaSets }: State): ReplicaSet | undefined {
  const revisionOf = ({ metadata }: ReplicaSet): number => Number(metadata.annotations?.[revision] ?? 0);
  return replicaSets
    .filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid))
    .toSorted((one, other) => revisionOf(other) - revisionOf(one))[0];
}

function isStarting(pod: Pod, nowMs: number): boolean {
  if (isReady(pod) || hasFailed(pod)) return false;
  return nowMs - Date.parse(pod.metadata.creationTimestamp ?? '') < youngMs;
}

function hasFailed(pod: Pod): boolean {
  return (pod.status?.containerStatuses ?? []).some(
    ({ restartCount, state }) => restartCount > 0 || state?.terminated || /Back|Err/.test(state?.waiting?.reason ?? ''),
  );
}
