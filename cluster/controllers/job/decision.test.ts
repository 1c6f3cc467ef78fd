import { describe, expect, it } from 'vitest';
import { toTimestamp } from '../../../lib/clock.ts';
import { JOB_TRACKING } from '../../objects/finalizers.ts';
import type { Job, Pod } from '../../objects/types.ts';
import { decideJob, interimStatus } from './decision.ts';
import { indexesText } from './indexes.ts';

const startMs = Date.parse('2026-11-21T12:00:00Z');

function job(
  spec: Partial<NonNullable<Job['spec']>> = {},
  status: Job['status'] = { startTime: toTimestamp(startMs) },
): Job {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'pack', namespace: 'shop', uid: 'job' },
    spec: {
      completions: 1,
      parallelism: 1,
      backoffLimit: 2,
      template: { spec: { containers: [{ name: 'a' }] } },
      ...spec,
    },
    status,
  };
}

/** A pod of the Job; one that has ended did so `endedAfterMs` after the start. */
function pod(phase: string, endedAfterMs = 0, index?: number): Pod {
  const terminated = { exitCode: phase === 'Failed' ? 1 : 0, finishedAt: toTimestamp(startMs + endedAfterMs) };
  const state = phase === 'Running' ? {} : { terminated };
  const base = { image: '', imageID: '', ready: phase === 'Running', restartCount: 0 };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `pack-${endedAfterMs}`,
      uid: `uid-${endedAfterMs}`,
      finalizers: [JOB_TRACKING],
      ...(index === undefined ? {} : { annotations: { 'batch.kubernetes.io/job-completion-index': String(index) } }),
    },
    status: { phase, containerStatuses: [{ name: 'a', state, ...base }] },
  };
}

const conditions = (decision: ReturnType<typeof decideJob>) =>
  decision.status.conditions?.map(({ type, status, reason }) => `${type}=${status} ${reason}`);

describe('a Job with a policy for failed pods', () => {
  const rule = (action: string, exitCode: number) => ({
    action,
    onExitCodes: { operator: 'In', values: [exitCode] },
  });

  it('fails at once when the policy says so', () => {
    const strict = job({ podFailurePolicy: { rules: [rule('Ignore', 7), rule('FailJob', 1)] } });
    const failed = { ...pod('Failed'), metadata: { name: 'pack-1', namespace: 'shop' } };
    const decision = decideJob(strict, [failed], startMs);
    expect(conditions(decision)).toEqual(['FailureTarget=True PodFailurePolicy', 'Failed=True PodFailurePolicy']);
    expect(decision.events).toEqual([
      {
        type: 'Warning',
        reason: 'PodFailurePolicy',
        message: 'Container a for pod shop/pack-1 failed with exit code 1 matching FailJob rule at index 1',
      },
    ]);
  });

  it('does not count what the policy ignores', () => {
    const lenient = job({ backoffLimit: 0, podFailurePolicy: { rules: [rule('Ignore', 1)] } });
    const decision = decideJob(lenient, [pod('Failed')], startMs + 60_000);
    expect(decision.status.failed).toBeUndefined();
    expect(decision.create).toHaveLength(1);
  });
});

describe('what a Job counts', () => {
  const running = pod('Running');
  const leaving: Pod = { ...running, metadata: { ...running.metadata, deletionTimestamp: toTimestamp(startMs) } };

  it('is named before its finalizer goes, and counted after', () => {
    const of = job({ completions: 2, parallelism: 2 });
    const done = pod('Succeeded', 1000);
    const decision = decideJob(of, [done, pod('Running')], startMs + 1000);
    expect(decision.release).toEqual([done]);
    expect(interimStatus(of, decision).uncountedTerminatedPods).toEqual({ succeeded: ['uid-1000'] });
    expect(interimStatus(of, decision).succeeded).toBeUndefined();
    expect(decision.status).toMatchObject({ active: 1, succeeded: 1, uncountedTerminatedPods: {} });
  });

  it('goes on where it was interrupted between the two', () => {
    const named = job({ completions: 2 }, { succeeded: 1, uncountedTerminatedPods: { succeeded: ['uid-1000'] } });
    const untracked = { ...pod('Succeeded', 1000), metadata: { name: 'pack', uid: 'uid-1000' } };
    for (const pods of [[], [untracked], [pod('Succeeded', 1000)]]) {
      expect(decideJob(named, pods, startMs).status.succeeded).toBe(2);
    }
  });

  it('stays when the pods are gone', () => {
    const before = job({ backoffLimit: 1 }, { startTime: toTimestamp(startMs), failed: 1 });
    expect(conditions(decideJob(before, [pod('Failed')], startMs))).toContain('Failed=True BackoffLimitExceeded');
  });

  it('is also a pod that somebody deletes, unless only those that have failed are replaced', () => {
    expect(decideJob(job(), [leaving], startMs).status).toMatchObject({ failed: 1, terminating: 1 });
    expect(decideJob(job({ podReplacementPolicy: 'Failed' }), [leaving], startMs).status.failed).toBeUndefined();
  });

  it('is not a pod that the Job itself gives up', () => {
    const decision = decideJob(job({ suspend: true }), [running], startMs);
    expect(decision).toMatchObject({ remove: [running], release: [] });
    expect(decision.status.failed).toBeUndefined();
    expect(decision.status).toMatchObject({ ready: 0, terminating: 1 });
  });
});

describe('a Job', () => {
  it('starts as many pods as may run together and are still needed', () => {
    expect(decideJob(job(), [], startMs).create).toHaveLength(1);
    expect(decideJob(job({ completions: 5, parallelism: 3 }), [pod('Succeeded')], startMs).create).toHaveLength(3);
    expect(decideJob(job({ completions: 2, parallelism: 3 }), [pod('Succeeded')], startMs).create).toHaveLength(1);
  });

  it('is complete when enough pods have succeeded', () => {
    const decision = decideJob(job(), [pod('Succeeded')], startMs + 1000);
    expect(conditions(decision)).toEqual([
      'SuccessCriteriaMet=True CompletionsReached',
      'Complete=True CompletionsReached',
    ]);
    expect(decision.status).toMatchObject({ succeeded: 1, completionTime: toTimestamp(startMs + 1000) });
    expect(decision.events).toEqual([{ type: 'Normal', reason: 'Completed', message: 'Job completed' }]);
  });

  it('waits ten seconds after a failure, and twice as long after each further one', () => {
    const once = decideJob(job(), [pod('Failed', 5000)], startMs + 6000);
    expect(once).toMatchObject({ create: [], requeueAfterMs: 9000 });
    const twice = [pod('Failed', 5000), pod('Failed', 20_000)];
    expect(decideJob(job(), twice, startMs + 21_000).requeueAfterMs).toBe(19_000);
    expect(decideJob(job(), twice, startMs + 40_000).create).toHaveLength(1);
  });

  it('fails when more pods have failed than its limit allows', () => {
    const failed = [pod('Failed', 1), pod('Failed', 2), pod('Failed', 3)];
    const decision = decideJob(job(), failed, startMs + 9000);
    expect(conditions(decision)).toEqual([
      'FailureTarget=True BackoffLimitExceeded',
      'Failed=True BackoffLimitExceeded',
    ]);
    expect(decision.events).toEqual([
      { type: 'Warning', reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' },
    ]);
  });

  it('ends what runs when its deadline is over, and has failed when nothing runs any more', () => {
    const late = job({ activeDeadlineSeconds: 30 });
    const running = pod('Running');
    expect(decideJob(late, [running], startMs + 10_000).requeueAfterMs).toBe(20_000);
    const decision = decideJob(late, [running], startMs + 30_000);
    expect(decision.remove).toEqual([running]);
    expect(conditions(decision)).toEqual(['FailureTarget=True DeadlineExceeded']);
    const after = decideJob({ ...late, status: decision.status }, [], startMs + 31_000);
    expect(conditions(after)).toContain('Failed=True DeadlineExceeded');
    expect(after.status.failed).toBe(1);
  });

  it('tries each index again on its own where it says so, and fails when none is left to try', () => {
    const own = job({ completions: 3, parallelism: 3, completionMode: 'Indexed', backoffLimitPerIndex: 1 });
    const pods = [pod('Succeeded', 1, 0), pod('Failed', 1000, 1), pod('Running', 0, 2)];
    expect(decideJob(own, pods, startMs + 2000)).toMatchObject({ create: [], requeueAfterMs: 9000 });
    const again = decideJob(own, pods, startMs + 12_000);
    expect(again.create.map(({ metadata }) => metadata.annotations)).toEqual([
      { 'batch.kubernetes.io/job-completion-index': '1', 'batch.kubernetes.io/job-index-failure-count': '1' },
    ]);
    expect(again.status.failedIndexes).toBe('');
    const over = decideJob(
      own,
      [...pods.slice(0, 2), pod('Failed', 13_000, 1), pod('Succeeded', 2, 2)],
      startMs + 14_000,
    );
    expect(over.status).toMatchObject({ completedIndexes: '0,2', failedIndexes: '1', failed: 2 });
    expect(conditions(over)).toEqual(['FailureTarget=True FailedIndexes', 'Failed=True FailedIndexes']);
    const strict = { ...own, spec: { ...own.spec!, maxFailedIndexes: 0, backoffLimitPerIndex: 0 } };
    expect(conditions(decideJob(strict, pods, startMs + 2000))).toEqual([
      'FailureTarget=True MaxFailedIndexesExceeded',
    ]);
  });

  it('is complete when its success policy says so, once the other pods have gone', () => {
    const leader = job({
      completions: 3,
      parallelism: 3,
      completionMode: 'Indexed',
      successPolicy: { rules: [{ succeededIndexes: '1-2', succeededCount: 2 }, { succeededIndexes: '0' }] },
    });
    const other = pod('Running', 0, 1);
    const met = decideJob(leader, [pod('Succeeded', 1, 0), other], startMs + 2000);
    expect(met.remove).toEqual([other]);
    expect(conditions(met)).toEqual(['SuccessCriteriaMet=True SuccessPolicy']);
    const after = decideJob({ ...leader, status: met.status }, [pod('Succeeded', 1, 0)], startMs + 3000);
    expect(conditions(after)).toEqual(['SuccessCriteriaMet=True SuccessPolicy', 'Complete=True SuccessPolicy']);
    expect(after.status).toMatchObject({ succeeded: 1, completedIndexes: '0' });
    expect(after.status.conditions?.[1]?.message).toBe('Matched rules at index 1');
  });

  it('replaces a pod that goes at once, or only when it has failed', () => {
    const going = pod('Running');
    going.metadata.deletionTimestamp = toTimestamp(startMs);
    expect(decideJob(job(), [going], startMs).create).toHaveLength(1);
    expect(decideJob(job({ podReplacementPolicy: 'Failed' }), [going], startMs).create).toHaveLength(0);
  });

  it('stands still while suspended, and its time begins anew afterwards', () => {
    const running = pod('Running');
    const stopped = decideJob(job({ suspend: true }), [running], startMs);
    expect(stopped.remove).toEqual([running]);
    expect(stopped.status.startTime).toBeUndefined();
    expect(conditions(stopped)).toEqual(['Suspended=True JobSuspended']);
    const goesOn = decideJob(job({}, stopped.status), [], startMs + 60_000);
    expect(conditions(goesOn)).toEqual(['Suspended=False JobResumed']);
    expect(goesOn.status.startTime).toBe(toTimestamp(startMs + 60_000));
    expect(goesOn.create).toHaveLength(1);
  });

  it('gives each pod of an indexed Job a number that is not done yet', () => {
    const indexed = job({ completions: 4, parallelism: 2, completionMode: 'Indexed' });
    const decision = decideJob(indexed, [pod('Succeeded', 1, 0), pod('Running', 0, 1)], startMs + 5000);
    expect(decision.create.map(({ metadata }) => metadata.generateName)).toEqual(['pack-2-']);
    expect(decision.status.completedIndexes).toBe('0');
    expect(indexesText(new Set([0, 1, 2, 4, 6, 7]))).toBe('0-2,4,6,7');
  });
});
