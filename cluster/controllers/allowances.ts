/** What decides whether pods may be made: workloads that were refused look again when it changes. */
import { keyOf, type Watch } from '../client/controller.ts';
import type { Change, Informer, Informers } from '../client/informer.ts';
import { limitRanges, priorityClasses, resourceQuotas, serviceAccounts } from '../client/resources.ts';
import { compareQuantities, subtractQuantity } from '../objects/quantity.ts';
import type { KubeObject, ResourceQuota } from '../objects/types.ts';
import { keysBeside } from './owner-keys.ts';

/**
 * Differs: a workload whose pods were refused tries again as soon as a quota has more room, or what a pod asked for is
 * there. In Kubernetes it waits for the end of its back-off, up to 1000 s; here, who has repaired it sees the pods come.
 * @param owners the workloads of one kind
 */
export function allowanceWatches(informers: Informers, owners: Informer<KubeObject>): Watch[] {
  const keysOf = (object: KubeObject) => keysBeside(owners, object);
  const isNew = ({ type }: Change<KubeObject>) => type === 'added';
  return [
    { informer: informers.for(resourceQuotas), keysOf, when: hasMoreRoom },
    { informer: informers.for(limitRanges), keysOf },
    { informer: informers.for(serviceAccounts), keysOf, when: isNew },
    { informer: informers.for(priorityClasses), keysOf: () => owners.list().map(keyOf), when: isNew },
  ];
}

/** Whether a pod that the quota refused might be let through now. */
export function hasMoreRoom(change: Change<ResourceQuota>): boolean {
  if (change.type !== 'updated') return change.type === 'deleted';
  const now = roomOf(change.object);
  return Object.entries(roomOf(change.old)).some(([name, room]) => {
    const left = now[name];
    return left === undefined || compareQuantities(left, room) > 0;
  });
}

function roomOf({ spec, status }: ResourceQuota): Record<string, string> {
  const hard = Object.entries(spec?.hard ?? {});
  return Object.fromEntries(hard.map(([name, limit]) => [name, subtractQuantity(limit, status?.used?.[name] ?? '0')]));
}
