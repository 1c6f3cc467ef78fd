import { toTimestamp } from '../../../lib/clock.ts';
import { isActive, isEnded, isReady } from '../../objects/pod-state.ts';
import type { Job, Pod } from '../../objects/types.ts';
import { byDeletionOrder } from '../replica-set/deletion-order.ts';
import { podOf } from '../replica-set/pod-control.ts';
import { conditionOf, withCondition, type JobCondition } from './conditions.ts';
import { backOffMs, failureOf, untilDeadlineMs } from './failure.ts';
import { policyFailure } from './failure-policy.ts';
import { failedIndexes, failureAnnotations, indexBackOffMs, indexFailure } from './index-failures.ts';
import { indexesOf, indexesText, indexOf, isIndexed, missingIndexes, podAtIndex } from './indexes.ts';
import { policySuccess, type Success } from './success-policy.ts';
import { trackPods, uidsOf, type Tracking } from './tracking.ts';

type JobStatus = NonNullable<Job['status']>;

export interface JobDecision {
  /** As it is to be once the pods to create are there, those to remove are on their way out, and all are counted. */
  status: JobStatus;
  create: Pod[];
  remove: Pod[];
  /** Pods whose end the status counts: their finalizer goes. */
  release: Pod[];
  /** Uids of those that `status` counts and the Job's status so far does not. */
  uncounted: { succeeded: string[]; failed: string[] };
  events: { type: 'Normal' | 'Warning'; reason: string; message: string }[];
  /** When to look again without anything having happened. */
  requeueAfterMs?: number;
}

/** No more pods than this are created in one turn. */
const burst = 500;
const suspended = { reason: 'JobSuspended', message: 'Job suspended' };
const resumed = { reason: 'JobResumed', message: 'Job resumed' };
const reached: Success = { reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' };

interface Counts {
  active: Pod[];
  /** Being deleted and not gone yet. */
  terminating: number;
  succeeded: number;
  failed: number;
  /** Indexes that are not tried again; only where each has retries of its own. */
  failedIndexes?: ReadonlySet<number>;
  tracking: Tracking;
}

/** The next step of a Job that is not over. Pure. */
export function decideJob(job: Job, owned: readonly Pod[], nowMs: number): JobDecision {
  const decision = nextStep(job, owned, nowMs);
  const { status, create, remove } = decision;
  // What is done in this turn stands in the status at its end.
  setCount(status, 'active', (status.active ?? 0) + create.length - remove.length);
  status.ready = (status.ready ?? 0) - remove.filter(isReady).length;
  status.terminating = (status.terminating ?? 0) + remove.length;
  return decision;
}

/** What is written before any finalizer goes: who has ended is named and not counted, and the Job is not over. */
export function interimStatus({ status: before = {} }: Job, { status, uncounted }: JobDecision): JobStatus {
  const { completionTime: _, succeeded: _succeeded, failed: _failed, conditions, ...rest } = status;
  const named = Object.entries(uncounted).filter(([, uids]) => uids.length > 0);
  const lasting = conditions?.filter(({ type }) => type !== 'Complete' && type !== 'Failed');
  return {
    ...rest,
    ...(before.succeeded === undefined ? {} : { succeeded: before.succeeded }),
    ...(before.failed === undefined ? {} : { failed: before.failed }),
    ...(lasting && lasting.length > 0 ? { conditions: lasting } : {}),
    uncountedTerminatedPods: Object.fromEntries(named),
  };
}

function nextStep(job: Job, owned: readonly Pod[], nowMs: number): JobDecision {
  const counts = countsOf(job, owned);
  const { release, succeeded, failed } = counts.tracking;
  const decision: JobDecision = {
    status: statusOf(job, owned, counts),
    create: [],
    remove: [],
    release: [...release],
    uncounted: { succeeded, failed: [...failed] },
    events: [],
  };
  if (job.spec?.suspend) return suspend(job, decision, counts, nowMs);
  if (conditionOf(job, 'Suspended')) resume(decision, nowMs);
  decision.status.startTime ??= toTimestamp(nowMs);
  const started = { ...job, status: decision.status };
  const met = conditionOf(job, 'SuccessCriteriaMet');
  if (met) return complete(decision, counts, met, nowMs);
  const failure =
    conditionOf(job, 'FailureTarget') ??
    policyFailure(job, owned) ??
    failureOf(started, owned, counts.failed, nowMs) ??
    (counts.failedIndexes && indexFailure(job, counts.failedIndexes, counts.succeeded));
  if (failure) return fail(decision, failure, counts, nowMs);
  const success = policySuccess(job, succeededIndexes(job, owned)) ?? (isDone(job, counts) ? reached : undefined);
  if (success) return complete(decision, counts, success, nowMs);
  fill(job, owned, decision, counts, nowMs);
  const deadlineMs = untilDeadlineMs(started, nowMs);
  if (deadlineMs !== undefined) decision.requeueAfterMs = Math.min(deadlineMs, decision.requeueAfterMs ?? deadlineMs);
  return decision;
}

function countsOf(job: Job, owned: readonly Pod[]): Counts {
  const tracking = trackPods(job, owned);
  const lost = failedIndexes(job, owned);
  const before = job.status ?? {};
  return {
    ...(lost ? { failedIndexes: lost } : {}),
    active: owned.filter(isActive),
    terminating: owned.filter((pod) => pod.metadata.deletionTimestamp && !isEnded(pod)).length,
    succeeded: isIndexed(job) ? succeededIndexes(job, owned).size : (before.succeeded ?? 0) + tracking.succeeded.length,
    failed: (before.failed ?? 0) + tracking.failed.length,
    tracking,
  };
}

function statusOf(job: Job, owned: readonly Pod[], counts: Counts): JobStatus {
  const { active, terminating, succeeded, failed } = counts;
  const status: JobStatus = {
    ...job.status,
    ...(isIndexed(job) ? { completedIndexes: indexesText(succeededIndexes(job, owned)) } : {}),
    ...(counts.failedIndexes ? { failedIndexes: indexesText(counts.failedIndexes) } : {}),
    ready: active.filter(isReady).length,
    terminating,
    uncountedTerminatedPods: {},
  };
  for (const [name, count] of Object.entries({ active: active.length, succeeded, failed })) {
    setCount(status, name as 'active', count);
  }
  return status;
}

/** None is not written. */
export function setCount(status: JobStatus, name: 'active' | 'succeeded' | 'failed', count: number): void {
  if (count > 0) status[name] = count;
  else delete status[name];
}

function succeededIndexes(job: Job, owned: readonly Pod[]): Set<number> {
  const done = owned.filter(({ status }) => status?.phase === 'Succeeded').map(indexOf);
  return new Set([...indexesOf(job.status?.completedIndexes ?? ''), ...done.filter((index) => index !== undefined)]);
}

function isDone({ spec }: Job, { active, succeeded }: Counts): boolean {
  if (spec?.completions === undefined) return succeeded > 0 && active.length === 0;
  return succeeded >= spec.completions;
}

function suspend(job: Job, decision: JobDecision, { active }: Counts, nowMs: number): JobDecision {
  decision.remove = active;
  delete decision.status.startTime;
  if (conditionOf(job, 'Suspended')) return decision;
  add(decision, { type: 'Suspended', status: 'True', ...suspended }, nowMs);
  decision.events.push({ type: 'Normal', reason: 'Suspended', message: 'Job suspended' });
  return decision;
}

function resume(decision: JobDecision, nowMs: number): void {
  add(decision, { type: 'Suspended', status: 'False', ...resumed }, nowMs);
  decision.status.startTime = toTimestamp(nowMs);
  decision.events.push({ type: 'Normal', reason: 'Resumed', message: 'Job resumed' });
}

/** All that runs is ended first, and has failed; so has the Job when nothing runs any more. */
function fail(
  decision: JobDecision,
  { reason = '', message = '' }: Pick<JobCondition, 'reason' | 'message'>,
  { active, terminating, failed, tracking }: Counts,
  nowMs: number,
): JobDecision {
  decision.remove = active;
  decision.release.push(...tracking.open);
  decision.uncounted.failed.push(...uidsOf(tracking.open));
  setCount(decision.status, 'failed', failed + tracking.open.length);
  if (!decision.status.conditions?.some(({ type }) => type === 'FailureTarget')) {
    add(decision, { type: 'FailureTarget', status: 'True', reason, message }, nowMs);
  }
  if (active.length + terminating > 0) return decision;
  add(decision, { type: 'Failed', status: 'True', reason, message }, nowMs);
  decision.events.push({ type: 'Warning', reason, message });
  return decision;
}

function complete(
  decision: JobDecision,
  { active, terminating, tracking }: Counts,
  { reason = '', message = '' }: Pick<JobCondition, 'reason' | 'message'>,
  nowMs: number,
): JobDecision {
  decision.remove = active;
  decision.release.push(...tracking.open);
  if (!decision.status.conditions?.some(({ type }) => type === 'SuccessCriteriaMet')) {
    add(decision, { type: 'SuccessCriteriaMet', status: 'True', reason, message }, nowMs);
  }
  if (active.length + terminating > 0) return decision;
  add(decision, { type: 'Complete', status: 'True', reason, message }, nowMs);
  decision.status.completionTime = toTimestamp(nowMs);
  decision.events.push({ type: 'Normal', reason: 'Completed', message: 'Job completed' });
  return decision;
}

/** Creates the pods that are missing, after the back-off, or removes those that are too many. */
function fill(job: Job, owned: readonly Pod[], decision: JobDecision, counts: Counts, nowMs: number): void {
  const { completions, parallelism = 1 } = job.spec ?? {};
  const { active, succeeded } = counts;
  const open = completions === undefined ? (succeeded > 0 ? active.length : parallelism) : completions - succeeded;
  // Where a pod is replaced only when it has failed, one that is on its way out holds its place.
  const leaving = job.spec?.podReplacementPolicy === 'Failed' ? counts.terminating : 0;
  const missing = Math.min(open, parallelism) - leaving - active.length;
  if (missing + leaving < 0) decision.remove = byDeletionOrder(active).slice(0, -missing - leaving);
  if (missing <= 0) return;
  const waitMs = counts.failedIndexes ? 0 : backOffMs(owned, nowMs);
  if (waitMs > 0) {
    decision.requeueAfterMs = waitMs;
    return;
  }
  const count = Math.min(missing, burst);
  if (isIndexed(job)) fillIndexes(job, owned, decision, { count, failed: counts.failedIndexes }, nowMs);
  else decision.create = Array.from({ length: count }, () => podOf(job));
}

function fillIndexes(
  job: Job,
  owned: readonly Pod[],
  decision: JobDecision,
  { count, failed }: { count: number; failed: ReadonlySet<number> | undefined },
  nowMs: number,
): void {
  const busy = owned.filter(isActive).map(indexOf);
  const open = missingIndexes(job, new Set([...busy, ...succeededIndexes(job, owned), ...(failed ?? [])]), count);
  const waits = open.map((index) => (failed ? indexBackOffMs(index, owned, nowMs) : 0));
  decision.create = open
    .filter((_, at) => waits[at] === 0)
    .map((index) => podAtIndex(job, index, failureAnnotations(job, index, owned)));
  if (waits.some((ms) => ms > 0)) decision.requeueAfterMs = Math.min(...waits.filter((ms) => ms > 0));
}

function add(
  decision: JobDecision,
  next: Pick<JobCondition, 'type' | 'status' | 'reason' | 'message'>,
  nowMs: number,
): void {
  decision.status.conditions = withCondition(decision.status.conditions, next, nowMs);
}
