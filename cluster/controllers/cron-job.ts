/** CronJob: creates a Job at each moment of a schedule. */
import { isDeepStrictEqual } from 'node:util';
import { toTimestamp } from '../../lib/clock.ts';
import { keyOf, type Controller } from '../client/controller.ts';
import { cronJobs, jobs } from '../client/resources.ts';
import { controllerOf } from '../objects/owner-refs.ts';
import type { CronJob, Job } from '../objects/types.ts';
import type { ControllerContext } from './context.ts';
import { cronJobStatus, dueTimes, isScheduled, surplusJobs } from './cron-job/decision.ts';
import { createJobControl } from './cron-job/job-control.ts';
import { conditionOf, finishedAtMs } from './job/conditions.ts';

/** Timers may fire a little early; a moment is served when it has passed. */
const slackMs = 100;
/** A timer cannot wait longer than 2^31 ms. */
const longestWaitMs = 24 * 60 * 60 * 1000;

export function createCronJobController({ client, informers, clock, recorder }: ControllerContext): Controller {
  const cronJobInformer = informers.for(cronJobs);
  const jobInformer = informers.for(jobs);
  const events = recorder('cronjob-controller');
  const jobControl = createJobControl(client, events);

  async function reconcile(key: string): Promise<{ requeueAfterMs: number } | void> {
    const cronJob = cronJobInformer.get(key);
    if (!cronJob || cronJob.metadata.deletionTimestamp) return undefined;
    const owned = jobInformer.list().filter((job) => controllerOf(job)?.uid === cronJob.metadata.uid);
    const current = await report(cronJob, owned);
    for (const job of surplusJobs(cronJob, owned)) await jobControl.remove(cronJob, job);
    if (cronJob.spec?.suspend) return undefined;

    const { dueMs, nextMs, tooManyMissed } = dueTimes(current, clock.now());
    if (tooManyMissed) {
      const hint = 'Set or decrease .spec.startingDeadlineSeconds or check clock skew';
      note(cronJob, 'Warning', 'TooManyMissedTimes', `too many missed start times. ${hint}`);
    }
    if (dueMs !== undefined) await start(current, owned, dueMs);
    if (nextMs === undefined) return undefined;
    return { requeueAfterMs: Math.min(nextMs - clock.now() + slackMs, longestWaitMs) };
  }

  /** Writes the status, and tells of Jobs that have ended since the last look. */
  async function report(cronJob: CronJob, owned: readonly Job[]): Promise<CronJob> {
    for (const job of owned) {
      if (isScheduled(job) || finishedAtMs(job) !== undefined) continue;
      const message = `Saw a job that the controller did not create or forgot: ${job.metadata.name}`;
      note(cronJob, 'Warning', 'UnexpectedJob', message);
    }
    const status = cronJobStatus(cronJob, owned);
    if (isDeepStrictEqual(cronJob.status, status)) return cronJob;
    const written = await client.updateStatus(cronJobs, { ...cronJob, status });
    for (const { uid, name } of cronJob.status?.active ?? []) {
      const job = owned.find(({ metadata }) => metadata.uid === uid);
      if (!job) note(cronJob, 'Normal', 'MissingJob', `Active job went missing: ${name}`);
      if (!job || finishedAtMs(job) === undefined) continue;
      const end = conditionOf(job, 'Complete') ? 'Complete' : 'Failed';
      note(cronJob, 'Normal', 'SawCompletedJob', `Saw completed job: ${job.metadata.name}, condition: ${end}`);
    }
    return written;
  }

  async function start(cronJob: CronJob, owned: readonly Job[], dueMs: number): Promise<void> {
    const active = owned.filter((job) => isScheduled(job) && finishedAtMs(job) === undefined);
    const policy = cronJob.spec?.concurrencyPolicy;
    if (policy === 'Forbid' && active.length > 0) {
      const message = 'Not starting job because prior execution is running and concurrency policy is Forbid';
      note(cronJob, 'Normal', 'JobAlreadyActive', message);
      return;
    }
    if (policy === 'Replace') for (const job of active) await jobControl.remove(cronJob, job);
    await jobControl.create(cronJob, dueMs);
    // What has been replaced is not missed.
    const { active: before, ...rest } = cronJob.status ?? {};
    const status = { ...(before && policy !== 'Replace' ? { active: before } : {}), ...rest };
    await client.updateStatus(cronJobs, { ...cronJob, status: { ...status, lastScheduleTime: toTimestamp(dueMs) } });
  }

  function note(cronJob: CronJob, type: 'Normal' | 'Warning', reason: string, message: string): void {
    events.record({ about: cronJob, type, reason, message });
  }

  return {
    name: 'cron-job',
    watches: [
      { informer: cronJobInformer, keysOf: (cronJob: CronJob) => [keyOf(cronJob)] },
      { informer: jobInformer, keysOf: cronJobKeys },
    ],
    reconcile,
  };
}

function cronJobKeys(job: Job): string[] {
  const owner = controllerOf(job);
  return owner?.kind === 'CronJob' ? [`${job.metadata.namespace}/${owner.name}`] : [];
}
