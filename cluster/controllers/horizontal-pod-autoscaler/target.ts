/** What an autoscaler scales, and what its pods use. */
import type { Client, ResourceRef } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import { parseGroupVersion } from '../../objects/group-version.ts';
import { findByKind } from '../../objects/kinds/index.ts';
import { parseQuantity } from '../../objects/quantity.ts';
import { matchesLabels, podSelectorOf } from '../../objects/selector.ts';
import { isStatusError, notFound } from '../../objects/status-error.ts';
import type { HorizontalPodAutoscaler, KubeObject, LabelSelector, Pod } from '../../objects/types.ts';
import type { Finding } from './conditions.ts';
import type { Observation, PodMetrics } from './measurement.ts';

export interface Target {
  ref: ResourceRef;
  name: string;
  replicas: number;
  selector: LabelSelector | undefined;
}

interface MetricsObject extends KubeObject {
  timestamp: string;
  window: string;
  containers: PodMetrics['containers'];
}

const defaultTolerance = 0.1;
const podMetrics: ResourceRef<MetricsObject> = {
  group: 'metrics.k8s.io',
  version: 'v1beta1',
  resource: 'pods',
  kind: 'PodMetrics',
  namespaced: true,
};

/** @throws Error when there is no such object, or nothing about it to scale */
export async function findTarget(client: Client, { metadata, spec }: HorizontalPodAutoscaler): Promise<Target> {
  const { apiVersion = 'v1', kind, name } = spec?.scaleTargetRef ?? { kind: '', name: '' };
  const { group, version } = parseGroupVersion(apiVersion);
  const ref = findByKind(group, version, kind);
  if (!ref?.subresources?.includes('scale')) throw new Error(`no matches for kind "${kind}" in group "${group}"`);
  const object = await client.get(ref, name, metadata.namespace).catch((error: unknown) => {
    // A real one asks for the scale, which says so in its answer.
    throw isStatusError(error, 'NotFound') ? notFound({ group, resource: `${ref.resource}/scale` }, name) : error;
  });
  const { replicas = 1 } = object.spec as { replicas?: number };
  return { ref, name, replicas, selector: podSelectorOf(object) };
}

export async function observe(
  client: Client,
  { metadata, spec }: HorizontalPodAutoscaler,
  { replicas, selector }: Target,
  pods: readonly Pod[],
  nowMs: number,
): Promise<Observation> {
  const metrics = await listMetrics(client, metadata.namespace);
  const selected = pods.filter(
    (pod) => pod.metadata.namespace === metadata.namespace && matchesLabels(selector, pod.metadata.labels),
  );
  const names = new Set(selected.map((pod) => pod.metadata.name));
  const toleranceOf = (side: 'scaleUp' | 'scaleDown') => {
    const tolerance = spec?.behavior?.[side]?.tolerance;
    return tolerance === undefined ? defaultTolerance : parseQuantity(tolerance);
  };
  return {
    currentReplicas: replicas,
    pods: selected,
    metrics: typeof metrics === 'string' ? metrics : metrics.filter(({ name }) => names.has(name)),
    tolerance: { up: toleranceOf('scaleUp'), down: toleranceOf('scaleDown') },
    nowMs,
  };
}

/** What the metrics server says, or why nothing is to be heard from it. */
async function listMetrics(client: Client, namespace: string | undefined): Promise<PodMetrics[] | string> {
  try {
    const { items } = await client.list(podMetrics, { namespace });
    return items.map(toPodMetrics);
  } catch (error) {
    const { message } = error as Error;
    // The server that knows no such path can't say what was asked for; a real client adds it.
    return isStatusError(error, 'NotFound') ? `${message} (get ${podMetrics.resource}.${podMetrics.group})` : message;
  }
}

/** Sets the target's replicas and tells about it; a refusal is told as well, and tried again next time. */
export async function rescale(
  client: Client,
  events: EventRecorder,
  autoscaler: HorizontalPodAutoscaler,
  { ref, name }: Target,
  { replicas, reason }: { replicas: number; reason: string },
): Promise<Finding> {
  const { namespace } = autoscaler.metadata;
  const size = `New size: ${replicas}; reason: ${reason}`;
  try {
    await client.patch(ref, name, { spec: { replicas } }, { namespace, subresource: 'scale' });
  } catch (error) {
    const { message } = error as Error;
    events.record({
      about: autoscaler,
      type: 'Warning',
      reason: 'FailedRescale',
      message: `${size}; error: ${message}`,
    });
    const why = `the HPA controller was unable to update the target scale: ${message}`;
    return { type: 'AbleToScale', status: 'False', reason: 'FailedUpdateScale', message: why };
  }
  events.record({ about: autoscaler, type: 'Normal', reason: 'SuccessfulRescale', message: size });
  const message = `the HPA controller was able to update the target scale to ${replicas}`;
  return { type: 'AbleToScale', status: 'True', reason: 'SucceededRescale', message };
}

function toPodMetrics({ metadata, timestamp, window, containers }: MetricsObject): PodMetrics {
  return {
    name: metadata.name ?? '',
    timestampMs: Date.parse(timestamp),
    windowMs: Number.parseFloat(window) * 1000,
    containers,
  };
}
