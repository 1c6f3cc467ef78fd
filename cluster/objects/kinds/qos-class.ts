import { parseQuantity } from '../quantity.ts';
import type { PodSpec } from '../types.ts';

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

/** How dear a pod is when memory runs out: by the cpu and memory of all its containers. */
export function qosClass(spec: PodSpec): QosClass {
  const containers = [...(spec.initContainers ?? []), ...(spec.containers ?? [])];
  const demands = containers.flatMap(({ resources }) =>
    ['cpu', 'memory'].map((name) => ({
      limit: amount(resources?.limits?.[name]),
      request: amount(resources?.requests?.[name] ?? resources?.limits?.[name]),
    })),
  );
  if (demands.every(({ limit, request }) => limit === 0 && request === 0)) return 'BestEffort';
  return demands.every(({ limit, request }) => limit > 0 && limit === request) ? 'Guaranteed' : 'Burstable';
}

function amount(quantity: string | undefined): number {
  return quantity === undefined ? 0 : parseQuantity(quantity);
}
