/** Job: runs pods until enough of them have succeeded, and gives up when too many have failed. */
import { isDeepStrictEqual } from 'node:util';
import type { Client } from '../client/client.ts';
import { keyOf, type Controller } from '../client/controller.ts';
import { jobs, pods } from '../client/resources.ts';
import { JOB_TRACKING } from '../objects/finalizers.ts';
import { isStatusError } from '../objects/status-error.ts';
import type { Job, Pod } from '../objects/types.ts';
import { allowanceWatches } from './allowances.ts';
import { claim } from './claim.ts';
import type { ControllerContext } from './context.ts';
import { createExpectations } from './expectations.ts';
import { finishedAtMs } from './job/conditions.ts';
import { decideJob, interimStatus, setCount, type JobDecision } from './job/decision.ts';
import { createPodRelease, jobKeyOf } from './job/pod-release.ts';
import { isTracked, tracked } from './job/tracking.ts';
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
  const podRelease = createPodRelease(client, podInformer, expectations);

  async function reconcile(key: string): Promise<{ requeueAfterMs: number } | void> {
    const job = jobInformer.get(key);
    await podRelease.releaseForsaken(key, job);
    if (!job || job.metadata.deletionTimestamp) return undefined;
    const endedAtMs = finishedAtMs(job);
    if (endedAtMs !== undefined) return expire(client, job, clock.now() - endedAtMs);
    // Asked before the pods are listed: what is seen by then is in the list.
    const pendingMs = expectations.pendingMs(key);
    if (pendingMs > 0) return { requeueAfterMs: pendingMs };
    const owned = await claim(client, pods, job, job.spec?.selector, podInformer.list(), JOB_TRACKING);

    const decision = decideJob(job, owned, clock.now());
    const failure = await manage(job, decision);
    await count(job, decision);
    for (const note of decision.events) events.record({ about: job, ...note });
    if (failure) throw failure.reason;
    const { requeueAfterMs } = decision;
    return requeueAfterMs === undefined ? undefined : { requeueAfterMs };
  }

  /** Ends and starts pods. @returns why one could not be started; then the status counts those that were */
  async function manage(
    job: Job,
    { status, create, remove, release }: JobDecision,
  ): Promise<{ reason: unknown } | void> {
    for (const pod of remove) {
      // Who is given up before it has come to anything does not count.
      if (!release.includes(pod)) await podRelease.release(keyOf(job), [pod]);
      await podControl.remove(job, pod);
    }
    for (const [started, pod] of create.entries()) {
      try {
        await podControl.create(job, tracked(pod));
      } catch (reason) {
        setCount(status, 'active', (status.active ?? 0) - (create.length - started));
        return { reason };
      }
    }
    return undefined;
  }

  /** Writes down who has ended, lets those pods go, and counts them then: each once, whenever this process ends. */
  async function count(job: Job, decision: JobDecision): Promise<void> {
    const interim = await writeStatus(job, interimStatus(job, decision));
    await podRelease.release(keyOf(job), decision.release);
    await writeStatus(interim, decision.status);
  }

  async function writeStatus(job: Job, status: NonNullable<Job['status']>): Promise<Job> {
    return isDeepStrictEqual(job.status, status) ? job : client.updateStatus(jobs, { ...job, status });
  }

  return {
    name: 'job',
    watches: [
      { informer: jobInformer, keysOf: (job: Job) => [keyOf(job)] },
      { informer: podInformer, keysOf: jobKeysOf },
      ...allowanceWatches(informers, jobInformer),
    ],
    retryDelays,
    reconcile,
  };

  function jobKeysOf(pod: Pod): string[] {
    const keys = ownerKeys('Job', jobInformer, pod);
    // An orphan that nobody adopts still has to be let go.
    return keys.length === 0 && isTracked(pod) ? [jobKeyOf(pod)] : keys;
  }
}

/** A finished Job goes by itself when it says so. */
async function expire(client: Client, job: Job, endedForMs: number): Promise<{ requeueAfterMs: number } | void> {
  const { ttlSecondsAfterFinished } = job.spec ?? {};
  if (ttlSecondsAfterFinished === undefined) return undefined;
  const leftMs = ttlSecondsAfterFinished * 1000 - endedForMs;
  if (leftMs > 0) return { requeueAfterMs: leftMs };
  const { name = '', namespace, uid } = job.metadata;
  try {
    await client.delete(jobs, name, { namespace, uid, propagationPolicy: 'Foreground' });
  } catch (error) {
    if (!isStatusError(error, 'NotFound')) throw error;
  }
  return undefined;
}
