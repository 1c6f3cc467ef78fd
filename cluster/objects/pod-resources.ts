import { maxQuantity, sumQuantities } from './quantity.ts';
import type { Container, PodSpec } from './types.ts';

/**
 * What a pod's containers ask for or are held to, together. Sidecars run beside the others; an init container has the pod
 * to itself but for the sidecars before it.
 */
export function podResources(spec: PodSpec | undefined, part: 'requests' | 'limits'): Record<string, string> {
  const { containers = [], initContainers = [] } = spec ?? {};
  const moments = [
    [...containers, ...initContainers.filter(isSidecar)],
    ...initContainers.map((one, index) => [...initContainers.slice(0, index).filter(isSidecar), one]),
  ];
  const names = new Set(
    [...initContainers, ...containers].flatMap(({ resources }) => Object.keys(resources?.[part] ?? {})),
  );
  const sums = (name: string) =>
    moments.map((moment) => sumQuantities(moment.flatMap(({ resources }) => resources?.[part]?.[name] ?? [])));
  return Object.fromEntries([...names].map((name) => [name, sums(name).reduce(maxQuantity)]));
}

function isSidecar({ restartPolicy }: Container): boolean {
  return restartPolicy === 'Always';
}
