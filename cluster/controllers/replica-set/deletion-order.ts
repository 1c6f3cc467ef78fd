import { isActive, isReady, readySinceMs } from '../../objects/pod-state.ts';
import type { Pod } from '../../objects/types.ts';

const PHASES = ['Pending', 'Unknown', 'Running'];

/**
 * The pods in the order in which a shrinking workload gives them up: those that serve least first.
 * @param siblings of what shares the owner's owner: of equals, those go first that have the most of these around them
 */
export function byDeletionOrder(pods: readonly Pod[], siblings: readonly Pod[] = []): Pod[] {
  const crowds = Map.groupBy(siblings.filter(isActive), ({ spec }) => spec?.nodeName);
  const crowdAround = ({ spec }: Pod) => crowds.get(spec?.nodeName)?.length ?? 0;
  return pods.toSorted(
    (a, b) =>
      Number(Boolean(a.spec?.nodeName)) - Number(Boolean(b.spec?.nodeName)) ||
      phaseRank(a) - phaseRank(b) ||
      Number(isReady(a)) - Number(isReady(b)) ||
      deletionCost(a) - deletionCost(b) ||
      crowdAround(b) - crowdAround(a) ||
      (isReady(a) ? (readySinceMs(b) ?? 0) - (readySinceMs(a) ?? 0) : 0) ||
      restarts(b) - restarts(a) ||
      (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? ''),
  );
}

function phaseRank(pod: Pod): number {
  return PHASES.indexOf(pod.status?.phase ?? 'Pending');
}

function deletionCost(pod: Pod): number {
  return Number(pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0) || 0;
}

function restarts(pod: Pod): number {
  return Math.max(0, ...(pod.status?.containerStatuses ?? []).map(({ restartCount }) => restartCount));
}
