import { isEnded, isReady, untilAvailableMs } from '../../objects/pod-state.ts';
import type { Pod, StatefulSet } from '../../objects/types.ts';
import { firstOrdinal, ordinalOf, ordinalsOf, revisionOf } from './identity.ts';

export type Step = { kind: 'create'; ordinal: number; revision: 'current' | 'update' } | { kind: 'delete'; pod: Pod };

/**
 * What to do next: in order of the ordinals, and one at a time unless the set says `Parallel`. Pure.
 * @param updateRevision name of the revision that pods should be of
 */
export function planStatefulSet(
  set: StatefulSet,
  owned: readonly Pod[],
  updateRevision: string,
  nowMs: number,
): Step[] {
  const isOrdered = set.spec?.podManagementPolicy !== 'Parallel';
  const steps: Step[] = [];
  const places = new Map(owned.map((pod) => [ordinalOf(set, pod), pod]));
  const ordinals = ordinalsOf(set);
  for (const ordinal of ordinals) {
    const pod = places.get(ordinal);
    if (!pod) steps.push({ kind: 'create', ordinal, revision: isKept(set, ordinal) ? 'current' : 'update' });
    else if (isEnded(pod) && !pod.metadata.deletionTimestamp) steps.push({ kind: 'delete', pod });
    else if (isOrdered && !isAvailable(set, pod, nowMs)) return steps;
    if (isOrdered && steps.length > 0) return steps;
  }
  const condemned = [...places]
    .filter(([ordinal]) => ordinal !== undefined && !ordinals.includes(ordinal))
    .toSorted(([a = 0], [b = 0]) => b - a)
    .map(([, pod]) => pod);
  if (condemned.length > 0) return [...steps, ...planRemoval(condemned, isOrdered)];
  return steps.length > 0 ? steps : planUpdate(set, places, updateRevision, nowMs);
}

/** The last goes first. One that is not well is waited for, unless it is the first of all that are not. */
function planRemoval(condemned: readonly Pod[], isOrdered: boolean): Step[] {
  const going = condemned.filter(({ metadata }) => !metadata.deletionTimestamp);
  if (!isOrdered) return going.map((pod) => ({ kind: 'delete', pod }));
  const [last] = condemned;
  const firstUnhealthy = condemned.findLast((pod) => !isHealthy(pod));
  if (!last || last.metadata.deletionTimestamp || (!isHealthy(last) && last !== firstUnhealthy)) return [];
  return [{ kind: 'delete', pod: last }];
}

/** Replaces pods of an older revision from the last to the partition, each only when those after it are well. */
function planUpdate(
  set: StatefulSet,
  places: ReadonlyMap<number | undefined, Pod>,
  updateRevision: string,
  nowMs: number,
): Step[] {
  const { type, rollingUpdate } = set.spec?.updateStrategy ?? {};
  if (type === 'OnDelete') return [];
  const partition = firstOrdinal(set) + (rollingUpdate?.partition ?? 0);
  for (const ordinal of ordinalsOf(set).toReversed()) {
    const pod = places.get(ordinal);
    if (ordinal < partition || !pod) return [];
    if (revisionOf(pod) !== updateRevision && !pod.metadata.deletionTimestamp) return [{ kind: 'delete', pod }];
    if (!isAvailable(set, pod, nowMs)) return [];
  }
  return [];
}

/** Whether the partition keeps this place at the revision that it has. */
function isKept(set: StatefulSet, ordinal: number): boolean {
  const { type, rollingUpdate } = set.spec?.updateStrategy ?? {};
  return type !== 'OnDelete' && ordinal < firstOrdinal(set) + (rollingUpdate?.partition ?? 0);
}

function isHealthy(pod: Pod): boolean {
  return isReady(pod) && !pod.metadata.deletionTimestamp;
}

export function isAvailable(set: StatefulSet, pod: Pod, nowMs: number): boolean {
  return isHealthy(pod) && untilAvailableMs(pod, set.spec?.minReadySeconds ?? 0, nowMs) === 0;
}
