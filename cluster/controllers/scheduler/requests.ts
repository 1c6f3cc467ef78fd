import { parseQuantity } from '../../objects/quantity.ts';
import type { Container, Pod } from '../../objects/types.ts';

/** Whole units, so that sums compare exactly: millicores and bytes. */
export interface Requests {
  cpuMillis: number;
  memoryBytes: number;
}

/** What the scheduler sets aside for a pod: its containers together, or its hungriest init container. */
export function podRequests(pod: Pod): Requests {
  const containers = (pod.spec?.containers ?? []).map(containerRequests);
  const init = (pod.spec?.initContainers ?? []).map(containerRequests);
  const sum = (pick: (requests: Requests) => number) => containers.reduce((total, one) => total + pick(one), 0);
  const atLeast = (pick: (requests: Requests) => number) => Math.max(sum(pick), ...init.map(pick));
  return {
    cpuMillis: atLeast(({ cpuMillis }) => cpuMillis),
    memoryBytes: atLeast(({ memoryBytes }) => memoryBytes),
  };
}

function containerRequests({ resources }: Container): Requests {
  return toRequests(resources?.requests);
}

/** A resource list as numbers; what is not named is 0. */
export function toRequests(list: Record<string, string> | undefined): Requests {
  return {
    cpuMillis: Math.round(parseQuantity(list?.cpu ?? '0') * 1000),
    memoryBytes: parseQuantity(list?.memory ?? '0'),
  };
}
