/** How a DaemonSet goes over to a new template: old pods go first, or the new ones come first where it may surge. */
import { scaledValue } from '../../objects/int-or-percent.ts';
import { isActive, isReady, untilAvailableMs } from '../../objects/pod-state.ts';
import type { DaemonSet, Pod } from '../../objects/types.ts';
import { REVISION_LABEL } from '../revisions.ts';

export interface DaemonUpdate {
  /** Nodes that get a second pod. */
  create: string[];
  remove: Pod[];
}

/** @param daemons the pods of each node that is to have one */
export function planUpdate(
  set: DaemonSet,
  daemons: ReadonlyMap<string, readonly Pod[]>,
  { hash, nowMs }: { hash: string; nowMs: number },
): DaemonUpdate {
  if (set.spec?.updateStrategy?.type === 'OnDelete') return { create: [], remove: [] };
  const isUpToDate = (pod: Pod) => pod.metadata.labels?.[REVISION_LABEL] === hash;
  const isWell = (pod: Pod) => isAvailable(set, pod, nowMs);
  const maxSurge = surgeOf(set, daemons.size);
  if (maxSurge > 0) return { create: planSurge(daemons, maxSurge, isUpToDate, isWell), remove: [] };

  const { maxUnavailable = 1 } = set.spec?.updateStrategy?.rollingUpdate ?? {};
  const firsts = [...daemons.values()].map(([pod]) => pod);
  const old = firsts.filter((pod) => pod !== undefined && !isUpToDate(pod)) as Pod[];
  const unavailable = firsts.filter((pod) => !pod || !isWell(pod)).length;
  // For daemons both are rounded up, the unavailable as well as the surge.
  const left = Math.max(0, scaledValue(maxUnavailable, daemons.size, 'up') - unavailable);
  return { create: [], remove: [...old.filter((pod) => !isWell(pod)), ...old.filter(isWell).slice(0, left)] };
}

/** Where the old pod does not serve, a new one may come at once; elsewhere no more than `maxSurge` at a time. */
function planSurge(
  daemons: ReadonlyMap<string, readonly Pod[]>,
  maxSurge: number,
  isUpToDate: (pod: Pod) => boolean,
  isWell: (pod: Pod) => boolean,
): string[] {
  const replaced = [...daemons].filter(([, pods]) => pods.some((pod) => !isUpToDate(pod)));
  const surging = replaced.filter(([, pods]) => pods.some((pod) => isUpToDate(pod) && !isWell(pod))).length;
  const waiting = replaced.filter(([, pods]) => !pods.some(isUpToDate));
  const idle = waiting.filter(([, pods]) => !pods.some(isWell));
  const serving = waiting.filter(([, pods]) => pods.some(isWell));
  return [...idle, ...serving.slice(0, Math.max(0, maxSurge - surging))].map(([node]) => node);
}

/** The pods that are too many on a node: of an old and a new one both stay as long as only the old one serves. */
export function surplusOn(
  set: DaemonSet,
  pods: readonly Pod[],
  { hash, nowMs }: { hash: string; nowMs: number },
): Pod[] {
  if (surgeOf(set, 1) === 0) return pods.slice(1);
  const living = pods.filter(isActive);
  const fresh = living.find(({ metadata }) => metadata.labels?.[REVISION_LABEL] === hash);
  const old = living.find(({ metadata }) => metadata.labels?.[REVISION_LABEL] !== hash);
  const isNeeded = old && (!fresh || (isReady(old) && !isAvailable(set, fresh, nowMs)));
  return living.filter((pod) => pod !== fresh && !(isNeeded && pod === old));
}

export function isAvailable(set: DaemonSet, pod: Pod, nowMs: number): boolean {
  return !pod.metadata.deletionTimestamp && untilAvailableMs(pod, set.spec?.minReadySeconds ?? 0, nowMs) === 0;
}

function surgeOf({ spec }: DaemonSet, nodes: number): number {
  const { type, rollingUpdate } = spec?.updateStrategy ?? {};
  return type === 'OnDelete' ? 0 : scaledValue(rollingUpdate?.maxSurge ?? 0, nodes, 'up');
}
