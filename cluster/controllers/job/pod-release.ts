/** Takes the tracking finalizer off the pods of Jobs. */
import type { Client } from '../../client/client.ts';
import type { Informer } from '../../client/informer.ts';
import { pods } from '../../client/resources.ts';
import { JOB_TRACKING } from '../../objects/finalizers.ts';
import { controllerOf } from '../../objects/owner-refs.ts';
import { matchesLabels } from '../../objects/selector.ts';
import { isStatusError } from '../../objects/status-error.ts';
import type { Job, Pod } from '../../objects/types.ts';
import type { Expectations } from '../expectations.ts';
import { isTracked } from './tracking.ts';

export interface PodRelease {
  /** A pod that is gone, or bears no finalizer, is success. */
  release(jobKey: string, pods: readonly Pod[]): Promise<void>;
  /**
   * Pods of a Job that is gone, or on its way out, are nobody's to count.
   * @param job the one that has this key now
   */
  releaseForsaken(jobKey: string, job: Job | undefined): Promise<void>;
}

export function createPodRelease(client: Client, podInformer: Informer<Pod>, expectations: Expectations): PodRelease {
  async function releaseOne(jobKey: string, pod: Pod): Promise<void> {
    if (!isTracked(pod)) return;
    const { name = '', namespace } = pod.metadata;
    // Others write to the pod meanwhile; this takes nothing but the finalizer.
    const patch = { metadata: { '$deleteFromPrimitiveList/finalizers': [JOB_TRACKING] } };
    const contentType = 'application/strategic-merge-patch+json';
    try {
      expectations.expect(jobKey, 'changed', await client.patch(pods, name, patch, { namespace, contentType }));
    } catch (error) {
      if (!isStatusError(error, 'NotFound')) throw error;
    }
  }

  async function release(jobKey: string, released: readonly Pod[]): Promise<void> {
    for (const pod of released) await releaseOne(jobKey, pod);
  }

  return {
    release,
    async releaseForsaken(jobKey, job) {
      const isForsaken = (pod: Pod): boolean => isTracked(pod) && jobKeyOf(pod) === jobKey && !isHeldBy(job, pod);
      await release(jobKey, podInformer.list().filter(isForsaken));
    },
  };
}

/** An orphan is still held by a Job that is about to adopt it. */
function isHeldBy(job: Job | undefined, pod: Pod): boolean {
  if (!job || job.metadata.deletionTimestamp) return false;
  const controller = controllerOf(pod);
  return controller ? controller.uid === job.metadata.uid : matchesLabels(job.spec?.selector, pod.metadata.labels);
}

/** The Job that a pod is of, or was of before it was orphaned. */
export function jobKeyOf(pod: Pod): string {
  const { namespace, labels = {} } = pod.metadata;
  return `${namespace}/${controllerOf(pod)?.name ?? labels['batch.kubernetes.io/job-name']}`;
}
