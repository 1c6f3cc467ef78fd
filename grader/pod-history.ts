import { deploymentOf, isReady, podWord, type Pod, type State } from './state.ts';
import type { Window } from './window.ts';

/** A restart this long ago still counts as unrest. */
const settledAfterMs = 120_000;

/** Why a Deployment's newest release is not what its pods run, in words; empty when it is. */
export function unfinishedRollOut(deployment: string, state: State): string[] {
  const found = deploymentOf(state, deployment);
  if (!found) return [];
  if (found.spec.paused) return [`the roll-out of ${deployment} is paused`];
  const { status, metadata } = found;
  const isBehind = (status?.observedGeneration ?? 0) < (metadata.generation ?? 0);
  const hasOld = (status?.updatedReplicas ?? 0) !== (status?.replicas ?? 0);
  // The Deployment itself does not believe its pods yet, and holds the next release up.
  const isWaiting = (status?.availableReplicas ?? 0) < (status?.readyReplicas ?? 0);
  return isBehind || hasOld || isWaiting ? [`the roll-out of ${deployment} is not finished`] : [];
}

/**
 * What disturbed the pods of a Deployment while they were watched, in words; empty when nothing did.
 */
export function unrestOf(deployment: string, replicas: number, state: State, window: Window): string[] {
  const found = deploymentOf(state, deployment);
  if (!found) return [`there is no Deployment ${deployment}`];
  const sets = replicaSetsOf(state, found.metadata.uid);
  const samples = window.samples.map(({ atMs, pods }) => ({
    atMs,
    pods: pods.filter((pod) => isLivingPodOf(pod, sets)),
  }));
  const last = samples.at(-1);
  if (!last) return [];
  const problems = [
    ...readinessProblems(deployment, replicas, samples),
    ...replacedPods(samples),
    ...restarts(samples, window.endedAtMs),
  ];
  return [...new Set(problems)];
}

function replicaSetsOf(state: State, uid: string): Set<string> {
  const owned = state.replicaSets.filter(({ metadata }) =>
    metadata.ownerReferences?.some((owner) => owner.uid === uid),
  );
  return new Set(owned.map(({ metadata }) => metadata.uid));
}

function isLivingPodOf({ metadata }: Pod, sets: ReadonlySet<string>): boolean {
  return !metadata.deletionTimestamp && (metadata.ownerReferences?.some(({ uid }) => sets.has(uid)) ?? false);
}

function readinessProblems(deployment: string, replicas: number, samples: readonly { pods: Pod[] }[]): string[] {
  const short = samples.find(({ pods }) => pods.filter(isReady).length < replicas);
  if (!short) return [];
  const words = [...new Set(short.pods.filter((pod) => !isReady(pod)).map(podWord))];
  return [`${deployment}: ${words.length > 0 ? words.join(', ') : `${short.pods.length} of ${replicas} pods`}`];
}

/** More pods than at first are growth, and no unrest. */
function replacedPods(samples: readonly { pods: Pod[] }[]): string[] {
  const uids = (pods: readonly Pod[]): Set<string> => new Set(pods.map(({ metadata }) => metadata.uid));
  const first = uids(samples[0]?.pods ?? []);
  const isGone = samples.some(({ pods }) => ![...first].every((uid) => uids(pods).has(uid)));
  if (!isGone) return [];
  const newcomer = samples.flatMap(({ pods }) => pods).find(({ metadata }) => !first.has(metadata.uid));
  return [newcomer ? `${newcomer.metadata.name} was created in the meantime` : 'a pod went away in the meantime'];
}

function restarts(samples: readonly { pods: Pod[] }[], nowMs: number): string[] {
  return (samples.at(-1)?.pods ?? []).flatMap((pod) => {
    const statuses = pod.status?.containerStatuses ?? [];
    const before = samples[0]?.pods.find(({ metadata }) => metadata.uid === pod.metadata.uid);
    return statuses.flatMap(({ name, restartCount, lastState }) => {
      const earlier = before?.status?.containerStatuses?.find((status) => status.name === name)?.restartCount;
      const ended = lastState?.terminated;
      const endedAgoMs = nowMs - Date.parse(ended?.finishedAt ?? '');
      const isNew = restartCount > (earlier ?? restartCount);
      const isRecent = restartCount > 0 && endedAgoMs < settledAfterMs;
      if (!isNew && !isRecent) return [];
      const when = Number.isNaN(endedAgoMs) ? '' : ` ${Math.round(endedAgoMs / 1000)} s ago`;
      return [
        `${pod.metadata.name} restarted${when} (${ended?.reason ?? 'ended'}, exit code ${ended?.exitCode ?? '?'})`,
      ];
    });
  });
}
