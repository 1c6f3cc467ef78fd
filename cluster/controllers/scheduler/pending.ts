/** Which pods wait for the scheduler, and which of them a change concerns. */
import { keyOf } from '../../client/controller.ts';
import type { Informer } from '../../client/informer.ts';
import type { Pod } from '../../objects/types.ts';
import { isEnded } from '../pod-state.ts';
import { priorityOf } from './cluster-view.ts';

/** Whether the pod waits for this scheduler. */
export function isPending({ spec, metadata, status }: Pod): boolean {
  const mine = (spec?.schedulerName ?? 'default-scheduler') === 'default-scheduler';
  const gated = (spec?.schedulingGates ?? []).length > 0;
  return mine && !gated && !spec?.nodeName && !metadata.deletionTimestamp && (status?.phase ?? 'Pending') === 'Pending';
}

/** A pending pod itself; when one that held room has ended or gone, all that wait; else those that look at others. */
export function keysConcerned(pod: Pod, all: Informer<Pod>): string[] {
  if (isPending(pod)) return [keyOf(pod)];
  return isEnded(pod) || !all.get(keyOf(pod)) ? pendingKeys(all) : pendingKeys(all, looksAtOthers);
}

/** The most important first, and who waits longest. */
export function pendingKeys(all: Informer<Pod>, isConcerned: (pod: Pod) => boolean = () => true): string[] {
  const since = ({ metadata }: Pod) => Date.parse(metadata.creationTimestamp ?? '');
  return all
    .list()
    .filter((pod) => isPending(pod) && isConcerned(pod))
    .toSorted((a, b) => priorityOf(b) - priorityOf(a) || since(a) - since(b))
    .map(keyOf);
}

function looksAtOthers({ spec }: Pod): boolean {
  const { podAffinity, podAntiAffinity } = spec?.affinity ?? {};
  return Boolean(podAffinity ?? podAntiAffinity ?? spec?.topologySpreadConstraints?.length);
}
