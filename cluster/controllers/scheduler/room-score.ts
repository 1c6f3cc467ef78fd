/** How much room a node would still have with the pod on it. */
import type { Node, Pod } from '../../objects/types.ts';
import { podsOnNode, type Neighbours } from './cluster-view.ts';
import {
  podRequests,
  requestsOfAll,
  toRequests,
  weighedRequests,
  weighedRequestsOfAll,
  type Requests,
} from './requests.ts';

/** The free shares of CPU and memory, on the average. */
export function freeRoomScores(pod: Pod, nodes: readonly Node[], all: Neighbours): number[] {
  return nodes.map((node) => {
    const used = usedShares(node, weighedRequestsOfAll(podsOnNode(all, node)), weighedRequests(pod));
    const free = used.map((share) => Math.max(0, Math.floor((1 - share) * 100)));
    return Math.floor(free.reduce((sum, share) => sum + share, 0) / free.length);
  });
}

/** Less for a node whose CPU would be much fuller than its memory, or the other way round. */
export function balanceScores(pod: Pod, nodes: readonly Node[], all: Neighbours): number[] {
  const { cpuMillis, memoryBytes } = podRequests(pod);
  // What asks for nothing unbalances nothing.
  if (cpuMillis === 0 && memoryBytes === 0) return nodes.map(() => 0);
  return nodes.map((node) => {
    const [cpu = 0, memory = 0] = usedShares(node, requestsOfAll(podsOnNode(all, node)), podRequests(pod));
    return Math.floor((1 - Math.abs(Math.min(1, cpu) - Math.min(1, memory)) / 2) * 100);
  });
}

type Room = Omit<Requests, 'extended'>;

function usedShares({ status }: Node, taken: Room, wanted: Room): number[] {
  const capacity = toRequests(status?.allocatable);
  return (['cpuMillis', 'memoryBytes'] as const).map((resource) => {
    const total = taken[resource] + wanted[resource];
    return capacity[resource] > 0 ? total / capacity[resource] : 1;
  });
}
