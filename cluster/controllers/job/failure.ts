/** When a Job gives up, and how long it waits after a pod has failed. All pure. */
import type { Job, Pod } from '../../objects/types.ts';

const firstBackOffMs = 10_000;
const longestBackOffMs = 600_000;

export interface JobFailure {
  reason: string;
  message: string;
}

/** Why the Job has failed for good, undefined while it may go on. */
export function failureOf(job: Job, pods: readonly Pod[], failed: number, nowMs: number): JobFailure | undefined {
  const { backoffLimit = 6, template } = job.spec ?? {};
  const restarts = template?.spec?.restartPolicy === 'OnFailure' ? restartsOf(pods) : 0;
  if (failed > backoffLimit || (restarts > 0 && restarts >= backoffLimit)) {
    return { reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' };
  }
  if (untilDeadlineMs(job, nowMs) === 0) {
    return { reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' };
  }
  return undefined;
}

/** Milliseconds until `activeDeadlineSeconds` are over, undefined when there is no deadline. */
export function untilDeadlineMs({ spec, status }: Job, nowMs: number): number | undefined {
  if (spec?.activeDeadlineSeconds === undefined || !status?.startTime) return undefined;
  return Math.max(0, Date.parse(status.startTime) + spec.activeDeadlineSeconds * 1000 - nowMs);
}

/** How long no pod is created: ten seconds after a first failure, twice as long after each further in a row. */
export function backOffMs(pods: readonly Pod[], nowMs: number): number {
  const endsOf = (phase: string) => pods.filter(({ status }) => status?.phase === phase).map(endedAtMs);
  const lastSuccessMs = Math.max(0, ...endsOf('Succeeded'));
  return backOffAfter(
    endsOf('Failed').filter((atMs) => atMs > lastSuccessMs),
    nowMs,
  );
}

/** How long a pause is after failures at these times, what is left of it. */
export function backOffAfter(failures: readonly number[], nowMs: number): number {
  if (failures.length === 0) return 0;
  const delayMs = Math.min(firstBackOffMs * 2 ** (failures.length - 1), longestBackOffMs);
  return Math.max(0, Math.max(...failures) + delayMs - nowMs);
}

export function endedAtMs({ status, metadata }: Pod): number {
  const ends = (status?.containerStatuses ?? []).map(({ state }) => Date.parse(state?.terminated?.finishedAt ?? ''));
  return Math.max(0, ...ends.filter((atMs) => !Number.isNaN(atMs))) || Date.parse(metadata.creationTimestamp ?? '');
}

function restartsOf(pods: readonly Pod[]): number {
  const counts = pods
    .filter(({ status }) => status?.phase === 'Running' || status?.phase === 'Pending')
    .flatMap(({ status }) => [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]);
  return counts.reduce((total, { restartCount }) => total + restartCount, 0);
}
