import { describe, expect, it } from 'vitest';
import type { CronJob, Job } from '../../objects/types.ts';
import { cronJobStatus, dueTimes, jobFor, surplusJobs } from './decision.ts';

const at = (time: string) => Date.parse(`2026-11-21T${time}Z`);

function cronJob(spec: Partial<NonNullable<CronJob['spec']>> = {}, lastScheduleTime?: string): CronJob {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'tidy', namespace: 'shop', uid: 'u', creationTimestamp: '2026-11-21T12:00:10Z' },
    spec: { schedule: '*/5 * * * *', jobTemplate: {}, ...spec },
    status: lastScheduleTime ? { lastScheduleTime: `2026-11-21T${lastScheduleTime}Z` } : {},
  };
}

describe('a CronJob', () => {
  it('is due when a moment of its schedule has passed since the last one it served', () => {
    expect(dueTimes(cronJob(), at('12:04:59'))).toEqual({ nextMs: at('12:05:00'), tooManyMissed: false });
    expect(dueTimes(cronJob(), at('12:05:00'))).toMatchObject({ dueMs: at('12:05:00'), nextMs: at('12:10:00') });
    expect(dueTimes(cronJob({}, '12:05:00'), at('12:06:00')).dueMs).toBeUndefined();
  });

  it('serves only the latest of the moments it has missed', () => {
    expect(dueTimes(cronJob({}, '12:05:00'), at('13:01:00'))).toMatchObject({
      dueMs: at('13:00:00'),
      tooManyMissed: false,
    });
    expect(dueTimes(cronJob({ schedule: '* * * * *' }), at('14:00:30'))).toMatchObject({ tooManyMissed: true });
  });

  it('lets a moment go that is older than its deadline', () => {
    const strict = cronJob({ startingDeadlineSeconds: 30 }, '12:05:00');
    expect(dueTimes(strict, at('12:10:20')).dueMs).toBe(at('12:10:00'));
    expect(dueTimes(strict, at('12:10:40')).dueMs).toBeUndefined();
  });

  it('names the Job by the minute it is for', () => {
    expect(jobFor(cronJob(), at('12:05:00')).metadata).toMatchObject({
      name: `tidy-${at('12:05:00') / 60_000}`,
      annotations: { 'batch.kubernetes.io/cronjob-scheduled-timestamp': '2026-11-21T12:05:00Z' },
    });
  });

  it('counts the Jobs that its schedule made, and not those that somebody made from it', () => {
    const made = (name: string, annotations: Record<string, string>): Job => ({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name, uid: name, annotations },
    });
    const jobs = [
      made('tidy-1', { 'batch.kubernetes.io/cronjob-scheduled-timestamp': '2026-11-21T12:05:00Z' }),
      made('by-hand', { 'cronjob.kubernetes.io/instantiate': 'manual' }),
    ];
    expect(cronJobStatus(cronJob(), jobs).active?.map(({ name }) => name)).toEqual(['tidy-1']);
  });

  it('keeps the latest Jobs up to its limits', () => {
    const ended = (name: string, type: string, startTime: string): Job => ({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name },
      status: { startTime, conditions: [{ type, status: 'True' }] },
    });
    const jobs = ['1', '2', '3', '4'].map((day) => ended(`ok-${day}`, 'Complete', `2026-11-0${day}T00:00:00Z`));
    const failed = ['1', '2'].map((day) => ended(`bad-${day}`, 'Failed', `2026-11-0${day}T00:00:00Z`));
    expect(surplusJobs(cronJob(), [...jobs, ...failed]).map(({ metadata }) => metadata.name)).toEqual([
      'ok-1',
      'bad-1',
    ]);
  });
});
