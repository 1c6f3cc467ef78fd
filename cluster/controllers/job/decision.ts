import { toTimestamp } from '../../../lib/clock.ts';
import type { Job, Pod } from '../../objects/types.ts';
import { isActive, isEnded, isReady } from '../pod-state.ts';
import { byDeletionOrder } from '../replica-set/deletion-order.ts';
import { podOf } from '../replica-set/pod-control.ts';
import { condition, conditionOf, withConditions, type JobCondition } from './conditions.ts';
import { backOffMs, failureOf, untilDeadlineMs } from './failure.ts';
import { isIgnored, policyFailure } from './failure-policy.ts';
import { indexesText, indexOf, isIndexed, missingIndexes, podAtIndex } from './indexes.ts';

type JobStatus = NonNullable<Job['status']>;

export interface JobDecision {
  status: JobStatus;
  create: Pod[];
  remove: Pod[];
  events: { type: 'Normal' | 'Warning'; reason: string; message: string }[];
  /** When to look again without anything having happened. */
  requeueAfterMs?: number;
}

/** No more pods than this are created in one turn. */
const burst = 500;
const suspended = { reason: 'JobSuspended', message: 'Job suspended' };
const resumed = { reason: 'JobResumed', message: 'Job resumed' };
const reached = { reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' };

interface Counts {
  active: Pod[];
  /** Being deleted and not gone yet. */
  terminating: number;
  succeeded: number;
  failed: number;
}

/**
 * The next step of a Job that is not over. Pure.
 * Differs: what counts is the pods that are there. One that has failed and is deleted by hand may be tried again
 * beyond the limit.
 */
export function decideJob(job: Job, owned: readonly Pod[], nowMs: number): JobDecision {
  const counts = countsOf(job, owned);
  const decision: JobDecision = { status: statusOf(job, owned, counts), create: [], remove: [], events: [] };
  if (job.spec?.suspend) return suspend(job, decision, counts, nowMs);
  if (conditionOf(job, 'Suspended')) resume(decision, nowMs);
  decision.status.startTime ??= toTimestamp(nowMs);
  const started = { ...job, status: decision.status };
  const failure =
    conditionOf(job, 'FailureTarget') ?? policyFailure(job, owned) ?? failureOf(started, owned, counts.failed, nowMs);
  if (failure) return fail(decision, failure, counts, nowMs);
  if (isDone(job, counts)) return complete(decision, counts, nowMs);
  fill(job, owned, decision, counts, nowMs);
  const deadlineMs = untilDeadlineMs(started, nowMs);
  if (deadlineMs !== undefined) decision.requeueAfterMs = Math.min(deadlineMs, decision.requeueAfterMs ?? deadlineMs);
  return decision;
}

function countsOf(job: Job, owned: readonly Pod[]): Counts {
  const inPhase = (phase: string) => owned.filter(({ status }) => status?.phase === phase);
  const succeeded = isIndexed(job) ? new Set(inPhase('Succeeded').map(indexOf)).size : inPhase('Succeeded').length;
  return {
    active: owned.filter(isActive),
    terminating: owned.filter((pod) => pod.metadata.deletionTimestamp && !isEnded(pod)).length,
    succeeded: Math.max(succeeded, job.status?.succeeded ?? 0),
    failed: Math.max(inPhase('Failed').filter((pod) => !isIgnored(job, pod)).length, job.status?.failed ?? 0),
  };
}

function statusOf(job: Job, owned: readonly Pod[], { active, terminating, succeeded, failed }: Counts): JobStatus {
  const { active: _active, succeeded: _succeeded, failed: _failed, ...rest } = job.status ?? {};
  const positive = Object.entries({ active: active.length, failed, succeeded }).filter(([, count]) => count > 0);
  const done = owned.filter(({ status }) => status?.phase === 'Succeeded').map(indexOf) as number[];
  return {
    ...rest,
    ...Object.fromEntries(positive),
    ...(isIndexed(job) ? { completedIndexes: indexesText(new Set(done)) } : {}),
    ready: active.filter(isReady).length,
    terminating,
    uncountedTerminatedPods: {},
  };
}

function isDone({ spec }: Job, { active, succeeded }: Counts): boolean {
  if (spec?.completions === undefined) return succeeded > 0 && active.length === 0;
  return succeeded >= spec.completions;
}

function suspend(job: Job, decision: JobDecision, { active }: Counts, nowMs: number): JobDecision {
  decision.remove = active;
  delete decision.status.startTime;
  if (conditionOf(job, 'Suspended')) return decision;
  add(decision, [condition('Suspended', 'True', suspended, nowMs)]);
  decision.events.push({ type: 'Normal', reason: 'Suspended', message: 'Job suspended' });
  return decision;
}

function resume(decision: JobDecision, nowMs: number): void {
  add(decision, [condition('Suspended', 'False', resumed, nowMs)]);
  decision.status.startTime = toTimestamp(nowMs);
  decision.events.push({ type: 'Normal', reason: 'Resumed', message: 'Job resumed' });
}

/** All that runs is ended first; the Job is failed when nothing runs any more. */
function fail(
  decision: JobDecision,
  { reason = '', message = '' }: Pick<JobCondition, 'reason' | 'message'>,
  { active, terminating, failed }: Counts,
  nowMs: number,
): JobDecision {
  decision.remove = active;
  if (active.length > 0) decision.status.failed = failed + active.length;
  if (!decision.status.conditions?.some(({ type }) => type === 'FailureTarget')) {
    add(decision, [condition('FailureTarget', 'True', { reason, message }, nowMs)]);
  }
  if (active.length + terminating > 0) return decision;
  add(decision, [condition('Failed', 'True', { reason, message }, nowMs)]);
  decision.events.push({ type: 'Warning', reason, message });
  return decision;
}

function complete(decision: JobDecision, { active, terminating }: Counts, nowMs: number): JobDecision {
  decision.remove = active;
  if (!decision.status.conditions?.some(({ type }) => type === 'SuccessCriteriaMet')) {
    add(decision, [condition('SuccessCriteriaMet', 'True', reached, nowMs)]);
  }
  if (active.length + terminating > 0) return decision;
  add(decision, [condition('Complete', 'True', reached, nowMs)]);
  decision.status.completionTime = toTimestamp(nowMs);
  decision.events.push({ type: 'Normal', reason: 'Completed', message: 'Job completed' });
  return decision;
}

/** Creates the pods that are missing, after the back-off, or removes those that are too many. */
function fill(job: Job, owned: readonly Pod[], decision: JobDecision, counts: Counts, nowMs: number): void {
  const { completions, parallelism = 1 } = job.spec ?? {};
  const { active, succeeded } = counts;
  const open = completions === undefined ? (succeeded > 0 ? active.length : parallelism) : completions - succeeded;
  const missing = Math.min(open, parallelism) - active.length;
  if (missing < 0) decision.remove = byDeletionOrder(active).slice(0, -missing);
  if (missing <= 0) return;
  const waitMs = backOffMs(owned, nowMs);
  if (waitMs > 0) {
    decision.requeueAfterMs = waitMs;
    return;
  }
  const count = Math.min(missing, burst);
  if (!isIndexed(job)) decision.create = Array.from({ length: count }, () => podOf(job));
  else {
    const busy = new Set(owned.filter((pod) => isActive(pod) || pod.status?.phase === 'Succeeded').map(indexOf));
    decision.create = missingIndexes(job, busy, count).map((index) => podAtIndex(job, index));
  }
}

function add(decision: JobDecision, added: JobCondition[]): void {
  decision.status.conditions = withConditions(decision.status.conditions ?? [], added);
}
