/** What everybody asks of a pod: whether it has ended, serves, has served for long enough. */
import { isStatusConditionTrue } from './conditions.ts';
import type { Pod } from './types.ts';

/** For good, by its phase: nothing of it runs again. */
export function isEnded({ status }: Pick<Pod, 'status'>): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

/** Neither ended nor being deleted: it counts for its owner. */
export function isActive(pod: Pod): boolean {
  return !isEnded(pod) && !pod.metadata.deletionTimestamp;
}

export function isReady(pod: Pod): boolean {
  return isStatusConditionTrue(pod.status?.conditions, 'Ready');
}

/** When the pod's readiness last changed, milliseconds since the epoch. */
export function readySinceMs(pod: Pod): number | undefined {
  const since = pod.status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime;
  return since ? Date.parse(since) : undefined;
}

/** Milliseconds until a ready pod has been so for `minReadySeconds`; 0 when it has, undefined when it is not ready. */
export function untilAvailableMs(pod: Pod, minReadySeconds: number, nowMs: number): number | undefined {
  if (!isReady(pod)) return undefined;
  if (minReadySeconds === 0) return 0;
  return Math.max(0, (readySinceMs(pod) ?? nowMs) + minReadySeconds * 1000 - nowMs);
}
