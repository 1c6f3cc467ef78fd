import { toTimestamp } from '../../../lib/clock.ts';
import { ownerReferenceTo } from '../../objects/owner-refs.ts';
import { nextTimeMs, parseSchedule } from '../../objects/schedule.ts';
import type { CronJob, Job } from '../../objects/types.ts';
import { conditionOf, finishedAtMs } from '../job/conditions.ts';

export interface DueTimes {
  /** The latest moment of the schedule that has passed and was not served. */
  dueMs?: number;
  nextMs?: number;
  /** More moments were missed than a healthy cluster misses. */
  tooManyMissed: boolean;
}

/** Eight days of a schedule that fires each minute; what was missed before that is not counted. */
const mostMissed = 8 * 24 * 60;
const missedWarning = 100;
const scheduledAt = 'batch.kubernetes.io/cronjob-scheduled-timestamp';

/** When a CronJob was last due and is due next. Pure. */
export function dueTimes({ metadata, spec, status }: CronJob, nowMs: number): DueTimes {
  const schedule = parseSchedule(spec?.schedule ?? '');
  const deadlineMs = spec?.startingDeadlineSeconds === undefined ? Infinity : spec.startingDeadlineSeconds * 1000;
  const sinceMs = Date.parse(status?.lastScheduleTime ?? metadata.creationTimestamp ?? '');
  let nextMs = nextTimeMs(schedule, Math.max(sinceMs, nowMs - deadlineMs), spec?.timeZone);
  let dueMs: number | undefined;
  let missed = 0;
  while (nextMs !== undefined && nextMs <= nowMs && missed < mostMissed) {
    dueMs = nextMs;
    missed++;
    nextMs = nextTimeMs(schedule, dueMs, spec?.timeZone);
  }
  return {
    ...(dueMs === undefined ? {} : { dueMs }),
    ...(nextMs === undefined ? {} : { nextMs }),
    tooManyMissed: missed > missedWarning,
  };
}

/** The Job of one moment; its name says which, so that no moment is served twice. */
export function jobFor(cronJob: CronJob, dueMs: number): Job {
  const { name, namespace } = cronJob.metadata;
  const template = cronJob.spec?.jobTemplate;
  const scheduled = { [scheduledAt]: toTimestamp(dueMs) };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: `${name}-${Math.floor(dueMs / 60_000)}`,
      namespace,
      ...(template?.metadata?.labels ? { labels: template.metadata.labels } : {}),
      annotations: { ...template?.metadata?.annotations, ...scheduled },
      ownerReferences: [ownerReferenceTo(cronJob)],
    },
    ...(template?.spec ? { spec: template.spec } : {}),
  };
}

/** Finished Jobs beyond the history limits, the oldest first. Pure. */
export function surplusJobs({ spec }: CronJob, owned: readonly Job[]): Job[] {
  const surplus = (type: string, limit: number) => {
    const ended = owned.filter((job) => conditionOf(job, type)).toSorted((a, b) => startMs(a) - startMs(b));
    return ended.slice(0, Math.max(0, ended.length - limit));
  };
  return [
    ...surplus('Complete', spec?.successfulJobsHistoryLimit ?? 3),
    ...surplus('Failed', spec?.failedJobsHistoryLimit ?? 1),
  ];
}

/** Whether the schedule made the Job; `kubectl create job --from` makes others that belong to the CronJob, too. */
export function isScheduled({ metadata }: Job): boolean {
  return metadata.annotations?.[scheduledAt] !== undefined;
}

/** What the Jobs that are there say about the CronJob. Pure. */
export function cronJobStatus({ status }: CronJob, owned: readonly Job[]): NonNullable<CronJob['status']> {
  const active = owned
    .filter((job) => isScheduled(job) && finishedAtMs(job) === undefined)
    .map(({ apiVersion, kind, metadata: { name, namespace, resourceVersion, uid } }) => {
      const known = status?.active?.find((one) => one.uid === uid);
      return known ?? { apiVersion, kind, name, namespace, resourceVersion, uid };
    });
  const { active: _active, lastSuccessfulTime, ...rest } = status ?? {};
  const successes = owned.map((job) => job.status?.completionTime ?? '');
  const last = [lastSuccessfulTime ?? '', ...successes].toSorted().at(-1);
  return { ...(active.length > 0 ? { active } : {}), ...rest, ...(last ? { lastSuccessfulTime: last } : {}) };
}

function startMs({ status, metadata }: Job): number {
  return Date.parse(status?.startTime ?? metadata.creationTimestamp ?? '');
}
