import { isExtendedResource } from '../../objects/names.ts';
import { parseQuantity } from '../../objects/quantity.ts';
import type { Container, Pod } from '../../objects/types.ts';
import { ofPods } from './of-pods.ts';

/** Whole units, so that sums compare exactly: millicores and bytes. */
export interface Requests {
  cpuMillis: number;
  memoryBytes: number;
  /** What else a device plugin could offer, `nvidia.com/gpu`: how many, by name. */
  extended: Readonly<Record<string, number>>;
}

/**
 * What the scheduler sets aside for a pod: its containers and sidecars together, or its hungriest init container with
 * the sidecars that run by then, and what the pod costs beside.
 */
export function podRequests({ spec }: Pod): Requests {
  const sum = (containers: readonly Container[]) => containers.map(containerRequests).reduce(plus, nothing);
  const { containers = [], initContainers = [] } = spec ?? {};
  const moments = [
    sum([...containers, ...initContainers.filter(isSidecar)]),
    ...initContainers.map((one, index) => sum([...initContainers.slice(0, index).filter(isSidecar), one])),
  ];
  const most = {
    cpuMillis: Math.max(...moments.map(({ cpuMillis }) => cpuMillis)),
    memoryBytes: Math.max(...moments.map(({ memoryBytes }) => memoryBytes)),
    extended: moments.map(({ extended }) => extended).reduce((a, b) => combine(a, b, Math.max)),
  };
  return plus(most, toRequests(spec?.overhead));
}

/** What all of them ask for together. */
export const requestsOfAll = ofPods((pods) => pods.map(podRequests).reduce(plus, nothing));

const nothing: Requests = { cpuMillis: 0, memoryBytes: 0, extended: {} };

function plus(a: Requests, b: Requests): Requests {
  return {
    cpuMillis: a.cpuMillis + b.cpuMillis,
    memoryBytes: a.memoryBytes + b.memoryBytes,
    extended: combine(a.extended, b.extended, (one, other) => one + other),
  };
}

function combine(
  a: Requests['extended'],
  b: Requests['extended'],
  join: (one: number, other: number) => number,
): Requests['extended'] {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return Object.fromEntries(names.map((name) => [name, join(a[name] ?? 0, b[name] ?? 0)]));
}

function isSidecar({ restartPolicy }: Container): boolean {
  return restartPolicy === 'Always';
}

/** For telling which node is emptier: a container that asks for nothing still weighs something. */
export function weighedRequests({ spec }: Pod): Omit<Requests, 'extended'> {
  const each = (spec?.containers ?? []).map(containerRequests);
  return {
    cpuMillis: each.reduce((total, { cpuMillis }) => total + (cpuMillis || weightOfNothing.cpuMillis), 0),
    memoryBytes: each.reduce((total, { memoryBytes }) => total + (memoryBytes || weightOfNothing.memoryBytes), 0),
  };
}

/** As `weighedRequests`, of all of them together. */
export const weighedRequestsOfAll = ofPods((pods): Omit<Requests, 'extended'> => {
  const each = pods.map(weighedRequests);
  return {
    cpuMillis: each.reduce((total, { cpuMillis }) => total + cpuMillis, 0),
    memoryBytes: each.reduce((total, { memoryBytes }) => total + memoryBytes, 0),
  };
});

const weightOfNothing = { cpuMillis: 100, memoryBytes: 200 * 1024 * 1024 };

function containerRequests({ resources }: Container): Requests {
  return toRequests(resources?.requests);
}

/** A resource list as numbers; what is not named is 0. */
export function toRequests(list: Record<string, string> | undefined): Requests {
  return {
    cpuMillis: Math.round(parseQuantity(list?.cpu ?? '0') * 1000),
    memoryBytes: parseQuantity(list?.memory ?? '0'),
    extended: Object.fromEntries(
      Object.entries(list ?? {})
        .filter(([name]) => isExtendedResource(name))
        .map(([name, quantity]) => [name, parseQuantity(quantity)]),
    ),
  };
}
