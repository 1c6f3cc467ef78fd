/** Which pods wait for the scheduler, and which of them a change concerns. */
import { keyOf } from '../../client/controller.ts';
import { isEnded } from '../../objects/pod-state.ts';
import type { Pod } from '../../objects/types.ts';
import { priorityOf } from './cluster-view.ts';
import type { PodIndex } from './pod-index.ts';

/** Whether the pod waits for this scheduler. */
export function isPending({ spec, metadata, status }: Pod): boolean {
  const mine = (spec?.schedulerName ?? 'default-scheduler') === 'default-scheduler';
  const gated = (spec?.schedulingGates ?? []).length > 0;
  return mine && !gated && !spec?.nodeName && !metadata.deletionTimestamp && (status?.phase ?? 'Pending') === 'Pending';
}

/**
 * A pending pod itself; when one that held room has ended or gone, all that wait; else those that look at others.
 * @param isGone the pod is no more
 */
export function keysConcerned(pod: Pod, index: PodIndex, isGone: boolean): string[] {
  if (isPending(pod)) return [keyOf(pod)];
  return keysInTurn(isEnded(pod) || isGone ? index.unassigned() : index.lookingAtOthers());
}

/** Of those that are pending: the most important first, and who waits longest. */
export function keysInTurn(pods: Iterable<Pod>): string[] {
  const since = ({ metadata }: Pod) => Date.parse(metadata.creationTimestamp ?? '');
  return [...pods]
    .filter(isPending)
    .toSorted((a, b) => priorityOf(b) - priorityOf(a) || since(a) - since(b))
    .map(keyOf);
}
