/**
 * Each pod of a Job is counted once, also when somebody deletes it: it bears a finalizer until what it came to stands in
 * the status. Pure.
 */
import { JOB_TRACKING } from '../../objects/finalizers.ts';
import { isEnded } from '../../objects/pod-state.ts';
import type { Job, Pod } from '../../objects/types.ts';
import { isIgnored } from './failure-policy.ts';

export interface Tracking {
  /** Uids of the pods that have succeeded and are not counted in the status yet. */
  succeeded: string[];
  /** The same of those that have failed. */
  failed: string[];
  /** Pods that may go as soon as the status names them. */
  release: Pod[];
  /** Pods that are still to come to something. */
  open: Pod[];
}

export function isTracked({ metadata }: Pod): boolean {
  return metadata.finalizers?.includes(JOB_TRACKING) ?? false;
}

/** The pod as the Job makes it. */
export function tracked(pod: Pod): Pod {
  const { finalizers = [] } = pod.metadata;
  return { ...pod, metadata: { ...pod.metadata, finalizers: [...finalizers, JOB_TRACKING] } };
}

/** @param owned all pods of the Job, also those that it has let go */
export function trackPods(job: Job, owned: readonly Pod[]): Tracking {
  const { succeeded = [], failed = [] } = job.status?.uncountedTerminatedPods ?? {};
  const bearing = owned.filter(isTracked);
  const release = bearing.filter((pod) => pod.status?.phase === 'Succeeded' || hasFailed(job, pod));
  const known = new Set([...succeeded, ...failed]);
  const news = release.filter(({ metadata }) => !known.has(metadata.uid ?? ''));
  const good = news.filter(({ status }) => status?.phase === 'Succeeded');
  const bad = news.filter((pod) => !good.includes(pod) && !isIgnored(job, pod));
  return {
    succeeded: [...succeeded, ...uidsOf(good)],
    failed: [...failed, ...uidsOf(bad)],
    release,
    open: bearing.filter((pod) => !release.includes(pod)),
  };
}

/** A pod that is on its way out counts at once, unless it is to be replaced only when it has ended. */
function hasFailed({ spec }: Job, pod: Pod): boolean {
  if (pod.status?.phase === 'Failed') return true;
  return Boolean(pod.metadata.deletionTimestamp) && !isEnded(pod) && spec?.podReplacementPolicy !== 'Failed';
}

export function uidsOf(pods: readonly Pod[]): string[] {
  return pods.flatMap(({ metadata }) => metadata.uid ?? []);
}
