/** Indexed Jobs with `backoffLimitPerIndex`: each index has retries and pauses of its own. All pure. */
import type { Job, Pod } from '../../objects/types.ts';
import { backOffAfter, endedAtMs, type JobFailure } from './failure.ts';
import { failsIndex, isIgnored } from './failure-policy.ts';
import { indexesOf, indexOf, isIndexed } from './indexes.ts';

const FAILURES = 'batch.kubernetes.io/job-index-failure-count';
const IGNORED_FAILURES = 'batch.kubernetes.io/job-index-ignored-failure-count';

export function hasRetriesPerIndex(job: Job): boolean {
  return isIndexed(job) && job.spec?.backoffLimitPerIndex !== undefined;
}

/** The indexes that are not tried again; undefined where the Job counts its failures as a whole. */
export function failedIndexes(job: Job, pods: readonly Pod[]): Set<number> | undefined {
  if (!hasRetriesPerIndex(job)) return undefined;
  const limit = job.spec?.backoffLimitPerIndex ?? 0;
  const failed = new Set(indexesOf(job.status?.failedIndexes ?? ''));
  for (const [index, ended] of failuresByIndex(pods)) {
    const counted = ended.filter((pod) => !isIgnored(job, pod)).length;
    if (counted > limit || ended.some((pod) => failsIndex(job, pod))) failed.add(index);
  }
  return failed;
}

/** Why failed indexes are the end of the Job. */
export function indexFailure(job: Job, failed: ReadonlySet<number>, succeeded: number): JobFailure | undefined {
  const { completions = 0, maxFailedIndexes } = job.spec ?? {};
  if (maxFailedIndexes !== undefined && failed.size > maxFailedIndexes) {
    const message = 'Job has exceeded the specified maximal number of failed indexes';
    return { reason: 'MaxFailedIndexesExceeded', message };
  }
  if (failed.size === 0 || failed.size + succeeded < completions) return undefined;
  return { reason: 'FailedIndexes', message: 'Job has failed indexes' };
}

/** How long no pod is created for this index. */
export function indexBackOffMs(index: number, pods: readonly Pod[], nowMs: number): number {
  return backOffAfter((failuresByIndex(pods).get(index) ?? []).map(endedAtMs), nowMs);
}

/** What a new pod says of those before it with its index. */
export function failureAnnotations(job: Job, index: number, pods: readonly Pod[]): Record<string, string> {
  if (!hasRetriesPerIndex(job)) return {};
  const ended = failuresByIndex(pods).get(index) ?? [];
  const ignored = ended.filter((pod) => isIgnored(job, pod)).length;
  return {
    [FAILURES]: String(ended.length - ignored),
    ...(ignored > 0 ? { [IGNORED_FAILURES]: String(ignored) } : {}),
  };
}

function failuresByIndex(pods: readonly Pod[]): Map<number, Pod[]> {
  const failed = pods.filter((pod) => pod.status?.phase === 'Failed' && indexOf(pod) !== undefined);
  return Map.groupBy(failed, (pod) => indexOf(pod) as number);
}
