/** From what pods use to how many there should be, for one metric. Pure. */
import { parseQuantity } from '../../objects/quantity.ts';
import type { HorizontalPodAutoscaler, Pod } from '../../objects/types.ts';

export type Metric = NonNullable<NonNullable<HorizontalPodAutoscaler['spec']>['metrics']>[number];
export type MetricStatus = NonNullable<NonNullable<HorizontalPodAutoscaler['status']>['currentMetrics']>[number];

/** What the metrics API says of one pod. */
export interface PodMetrics {
  name: string;
  timestampMs: number;
  windowMs: number;
  containers: { name: string; usage: Record<string, string> }[];
}

export interface Observation {
  currentReplicas: number;
  /** Those that the target selects. */
  pods: readonly Pod[];
  /** A text says why there are none to be had. */
  metrics: readonly PodMetrics[] | string;
  /** Changes smaller than this part of the target change nothing. */
  tolerance: { up: number; down: number };
  nowMs: number;
}

export interface Proposal {
  replicas: number;
  /** As conditions name it, `cpu resource utilization (percentage of request)`. */
  metricName: string;
  status: MetricStatus;
}

/** CPU of a pod younger than this is only believed once it has been ready for a window of measurement. */
const cpuInitializationMs = 5 * 60_000;
const initialReadinessMs = 30_000;

interface Source {
  resource: string;
  /** One container of each pod; all when left out. */
  container?: string;
  target: { averageUtilization?: number; averageValue?: string };
}

/**
 * How many replicas bring the metric to its target.
 * @throws Error in the words that conditions and events carry
 */
export function propose(metric: Metric, observation: Observation): Proposal {
  const source = sourceOf(metric);
  const { resource, target } = source;
  const metrics = metricsIn(observation, resource);
  const usage = usageByPod(source, metrics);
  if (usage.size === 0) throw unreadable(resource, 'no metrics returned from resource metrics API');
  if (observation.pods.length === 0) throw new Error('no pods returned by selector while calculating replica count');
  const groups = groupPods(observation, resource, metrics, usage);
  if (target.averageValue !== undefined) {
    const wanted = parseQuantity(target.averageValue) * 1000;
    const ratioOf = (values: ReadonlyMap<string, number>) => average(values) / wanted;
    const { replicas, known } = settle(observation, groups, ratioOf, () => wanted);
    return {
      replicas,
      metricName: `${resource} resource`,
      status: statusOf(metric, { averageValue: milli(average(known)) }),
    };
  }
  const requests = requestsByPod(source, observation.pods);
  const percentOf = (values: ReadonlyMap<string, number>) => utilization(values, requests);
  const ratioOf = (values: ReadonlyMap<string, number>) => percentOf(values) / (target.averageUtilization ?? 1);
  const { replicas, known } = settle(observation, groups, ratioOf, (name) => requests.get(name) ?? 0);
  const current = { averageUtilization: percentOf(known), averageValue: milli(average(known)) };
  const metricName = `${resource} ${source.container ? 'container resource' : 'resource'} utilization (percentage of request)`;
  return { replicas, metricName, status: statusOf(metric, current) };
}

function metricsIn({ metrics }: Observation, resource: string): readonly PodMetrics[] {
  if (typeof metrics !== 'string') return metrics;
  throw unreadable(resource, `unable to fetch metrics from resource metrics API: ${metrics}`);
}

function unreadable(resource: string, why: string): Error {
  return new Error(`unable to get metrics for resource ${resource}: ${why}`);
}

interface Groups {
  readyCount: number;
  unready: readonly string[];
  missing: readonly string[];
  /** Use of the pods that count, in thousandths. */
  known: ReadonlyMap<string, number>;
}

/** Pods without a measurement are taken to stand in the way of the change: idle when it grows, at target when it shrinks. */
function settle(
  { currentReplicas, tolerance }: Observation,
  { readyCount, unready, missing, known }: Groups,
  ratioOf: (values: ReadonlyMap<string, number>) => number,
  atTarget: (pod: string) => number,
): { replicas: number; known: ReadonlyMap<string, number> } {
  if (known.size === 0) throw new Error('did not receive metrics for targeted pods (pods might be unready)');
  const isWithin = (value: number) => value >= 1 - tolerance.down && value <= 1 + tolerance.up;
  const ratio = ratioOf(known);
  const scalesUpWithUnready = unready.length > 0 && ratio > 1;
  if (!scalesUpWithUnready && missing.length === 0) {
    return { replicas: isWithin(ratio) ? currentReplicas : Math.ceil(round(ratio * readyCount)), known };
  }
  const assumed = new Map(known);
  if (ratio < 1) for (const name of missing) assumed.set(name, atTarget(name));
  else if (ratio > 1) for (const name of missing) assumed.set(name, 0);
  if (scalesUpWithUnready) for (const name of unready) assumed.set(name, 0);
  const cautious = ratioOf(assumed);
  const replicas = Math.ceil(round(cautious * assumed.size));
  const turnsRound =
    (ratio < 1 && cautious > 1) ||
    (ratio > 1 && cautious < 1) ||
    (cautious < 1 && replicas > currentReplicas) ||
    (cautious > 1 && replicas < currentReplicas);
  return { replicas: isWithin(cautious) || turnsRound ? currentReplicas : replicas, known };
}

function groupPods(
  { pods, nowMs }: Observation,
  resource: string,
  metrics: readonly PodMetrics[],
  usage: ReadonlyMap<string, number>,
): Groups {
  const unready: string[] = [];
  const missing: string[] = [];
  const known = new Map<string, number>();
  for (const pod of pods) {
    const { name = '', deletionTimestamp } = pod.metadata;
    const used = usage.get(name);
    const measured = metrics.find((candidate) => candidate.name === name);
    if (deletionTimestamp || pod.status?.phase === 'Failed') continue;
    if (pod.status?.phase === 'Pending') unready.push(name);
    else if (used === undefined || !measured) missing.push(name);
    else if (resource === 'cpu' && isWarmingUp(pod, measured, nowMs)) unready.push(name);
    else known.set(name, used);
  }
  return { readyCount: known.size, unready, missing, known };
}

/** Whether the CPU of a pod says more about its start than about its load. */
function isWarmingUp({ status }: Pod, { timestampMs, windowMs }: PodMetrics, nowMs: number): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  if (!ready || !status?.startTime) return true;
  const startedMs = Date.parse(status.startTime);
  const changedMs = Date.parse(ready.lastTransitionTime ?? status.startTime);
  if (startedMs + cpuInitializationMs > nowMs) return ready.status === 'False' || timestampMs < changedMs + windowMs;
  return ready.status === 'False' && startedMs + initialReadinessMs > changedMs;
}

/** In thousandths: millicores, or bytes times 1,000, as the real controller counts. */
function usageByPod({ resource, container }: Source, metrics: readonly PodMetrics[]): Map<string, number> {
  const usages = new Map<string, number>();
  for (const { name, containers } of metrics) {
    const counted = containers.filter((one) => container === undefined || one.name === container);
    const amounts = counted.map(({ usage }) => usage[resource]);
    if (amounts.length === 0 || amounts.includes(undefined)) continue;
    usages.set(
      name,
      amounts.reduce((sum, amount) => sum + thousandths(amount ?? '0'), 0),
    );
  }
  return usages;
}

function requestsByPod({ resource, container }: Source, pods: readonly Pod[]): Map<string, number> {
  return new Map(
    pods.map(({ metadata, spec }): [string, number] => {
      const sidecars = (spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
      const counted = [...(spec?.containers ?? []), ...sidecars].filter(
        ({ name }) => container === undefined || name === container,
      );
      const amounts = counted.map(({ name, resources }) => {
        const request = resources?.requests?.[resource];
        if (request !== undefined) return thousandths(request);
        throw new Error(`missing request for ${resource} in container ${name} of Pod ${metadata.name}`);
      });
      return [metadata.name ?? '', amounts.reduce((sum, amount) => sum + amount, 0)];
    }),
  );
}

/** Percent of what the measured pods request, whole. */
function utilization(values: ReadonlyMap<string, number>, requests: ReadonlyMap<string, number>): number {
  const measured = [...values].filter(([name]) => requests.has(name));
  const requested = measured.reduce((sum, [name]) => sum + (requests.get(name) ?? 0), 0);
  if (requested === 0) throw new Error('no metrics returned matched known pods');
  return Math.floor((measured.reduce((sum, [, used]) => sum + used, 0) * 100) / requested);
}

function average(values: ReadonlyMap<string, number>): number {
  return [...values.values()].reduce((sum, value) => sum + value, 0) / values.size;
}

/** Hides what floating point adds to a product that is whole. */
function round(value: number): number {
  return Number(value.toFixed(6));
}

function thousandths(quantity: string): number {
  return Math.ceil(parseQuantity(quantity) * 1000);
}

/** `12m`, or whole where it is. */
function milli(amount: number): string {
  const whole = Math.floor(amount);
  return whole % 1000 === 0 ? String(whole / 1000) : `${whole}m`;
}

function sourceOf({ resource, containerResource }: Metric): Source {
  if (containerResource) {
    return {
      resource: containerResource.name,
      container: containerResource.container,
      target: containerResource.target,
    };
  }
  return { resource: resource?.name ?? '', target: resource?.target ?? {} };
}

function statusOf(
  { type, resource, containerResource }: Metric,
  current: { averageUtilization?: number; averageValue?: string },
): MetricStatus {
  if (containerResource) {
    const { name, container } = containerResource;
    return { type, containerResource: { container, current, name } };
  }
  return { type, resource: { current, name: resource?.name ?? '' } };
}
