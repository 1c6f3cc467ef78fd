/** Job: runs pods until enough of them have succeeded, and gives up when too many have failed. */
import { isDeepStrictEqual } from 'node:util';
import { keyOf, type Controller } from '../client/controller.ts';
import { jobs, pods } from '../client/resources.ts';
import { isStatusError } from '../objects/status-error.ts';
import type { Job, Pod } from '../objects/types.ts';
import { allowanceWatches } from './allowances.ts';
import { claim } from './claim.ts';
import type { ControllerContext } from './context.ts';
import { createExpectations } from './expectations.ts';
import { finishedAtMs } from './job/conditions.ts';
import { decideJob } from './job/decision.ts';
import { ownerKeys } from './owner-keys.ts';
import { createPodControl } from './replica-set/pod-control.ts';

/** As Kubernetes has it for Jobs: `DefaultJobApiBackOff`, `MaxJobApiBackOff`. */
const retryDelays = { firstMs: 1_000, longestMs: 60_000 };

export function createJobController({ client, informers, clock, recorder }: ControllerContext): Controller {
  const jobInformer = informers.for(jobs);
  const podInformer = informers.for(pods);
  const events = recorder('job-controller');
  const expectations = createExpectations(clock, podInformer);
  const podControl = createPodControl(client, events, expectations);

  async function reconcile(key: string): Promise<{ requeueAfterMs: number } | void> {
    const job = jobInformer.get(key);
    if (!job || job.metadata.deletionTimestamp) return undefined;
    const endedAtMs = finishedAtMs(job);
    if (endedAtMs !== undefined) return expire(job, endedAtMs);
    // Asked before the pods are listed: what is seen by then is in the list.
    const pendingMs = expectations.pendingMs(key);
    if (pendingMs > 0) return { requeueAfterMs: pendingMs };
    const owned = await claim(client, pods, job, job.spec?.selector, podInformer.list());

    const { status, create, remove, events: notes, requeueAfterMs } = decideJob(job, owned, clock.now());
    if (!isDeepStrictEqual(job.status, status)) await client.updateStatus(jobs, { ...job, status });
    for (const note of notes) events.record({ about: job, ...note });
    for (const pod of remove) await podControl.remove(job, pod);
    for (const pod of create) await podControl.create(job, pod);
    return requeueAfterMs === undefined ? undefined : { requeueAfterMs };
  }

  /** A finished Job goes by itself when it says so. */
  async function expire(job: Job, endedAtMs: number): Promise<{ requeueAfterMs: number } | void> {
    const { ttlSecondsAfterFinished } = job.spec ?? {};
    if (ttlSecondsAfterFinished === undefined) return undefined;
    const leftMs = endedAtMs + ttlSecondsAfterFinished * 1000 - clock.now();
    if (leftMs > 0) return { requeueAfterMs: leftMs };
    const { name = '', namespace, uid } = job.metadata;
    try {
      await client.delete(jobs, name, { namespace, uid, propagationPolicy: 'Foreground' });
    } catch (error) {
      if (!isStatusError(error, 'NotFound')) throw error;
    }
    return undefined;
  }

  return {
    name: 'job',
    watches: [
      { informer: jobInformer, keysOf: (job: Job) => [keyOf(job)] },
      { informer: podInformer, keysOf: (pod: Pod) => ownerKeys('Job', jobInformer, pod) },
      ...allowanceWatches(informers, jobInformer),
    ],
    retryDelays,
    reconcile,
  };
}
