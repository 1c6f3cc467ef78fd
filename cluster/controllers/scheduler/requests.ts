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

/** For telling which node is emptier: a container that asks for nothing still weighs something. */
export function weighedRequests({ spec }: Pod): Requests {
  const each = (spec?.containers ?? []).map(containerRequests);
  return {
    cpuMillis: each.reduce((total, { cpuMillis }) => total + (cpuMillis || weightOfNothing.cpuMillis), 0),
    memoryBytes: each.reduce((total, { memoryBytes }) => total + (memoryBytes || weightOfNothing.memoryBytes), 0),
  };
}

const weightOfNothing: Requests = { cpuMillis: 100, memoryBytes: 200 * 1024 * 1024 };

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
