import type { Pod } from '../../objects/types.ts';
import { isReady, readySinceMs } from '../pod-state.ts';

const PHASES = ['Pending', 'Unknown', 'Running'];

/**
 * The pods in the order in which a shrinking replica set gives them up: those that serve least first.
 *
 * Differs: pods that share a node with siblings are not preferred, as there is one node.
 */
export function byDeletionOrder(pods: readonly Pod[]): Pod[] {
  return pods.toSorted(
    (a, b) =>
      Number(Boolean(a.spec?.nodeName)) - Number(Boolean(b.spec?.nodeName)) ||
      phaseRank(a) - phaseRank(b) ||
      Number(isReady(a)) - Number(isReady(b)) ||
      deletionCost(a) - deletionCost(b) ||
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
