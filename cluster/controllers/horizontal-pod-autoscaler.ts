/** HorizontalPodAutoscaler: every 15 seconds compares what pods use with the target and sets the replicas. */
import { isDeepStrictEqual } from 'node:util';
import { toTimestamp } from '../../lib/clock.ts';
import type { ResourceRef } from '../client/client.ts';
import { keyOf, type Controller } from '../client/controller.ts';
import { horizontalPodAutoscalers, pods } from '../client/resources.ts';
import { findByKind } from '../objects/kinds/index.ts';
import { parseQuantity } from '../objects/quantity.ts';
import { matchesLabels } from '../objects/selector.ts';
import type { HorizontalPodAutoscaler, KubeObject, LabelSelector } from '../objects/types.ts';
import type { ControllerContext } from './context.ts';
import { withFindings, type Finding } from './horizontal-pod-autoscaler/conditions.ts';
import type { Observation, PodMetrics } from './horizontal-pod-autoscaler/measurement.ts';
import { begin, decide, remember, type History } from './horizontal-pod-autoscaler/pace.ts';
import { recommend, type Recommendation } from './horizontal-pod-autoscaler/recommendation.ts';

type Autoscaler = HorizontalPodAutoscaler;
type Status = NonNullable<Autoscaler['status']>;

interface MetricsObject extends KubeObject {
  timestamp: string;
  window: string;
  containers: PodMetrics['containers'];
}

interface Target {
  ref: ResourceRef;
  name: string;
  replicas: number;
  selector: LabelSelector | undefined;
}

const periodMs = 15_000;
const defaultTolerance = 0.1;
const podMetrics: ResourceRef<MetricsObject> = {
  group: 'metrics.k8s.io',
  version: 'v1beta1',
  resource: 'pods',
  kind: 'PodMetrics',
  namespaced: true,
};

export function createHorizontalPodAutoscalerController(context: ControllerContext): Controller {
  const { client, informers, clock, recorder } = context;
  const autoscalerInformer = informers.for(horizontalPodAutoscalers);
  const podInformer = informers.for(pods);
  const events = recorder('horizontal-pod-autoscaler');
  /** Lives as long as its object: a new autoscaler of the same name starts afresh. */
  const memory = new Map<string, { uid: string; dueMs: number; history: History }>();

  function memoryOf({ metadata }: Autoscaler, key: string) {
    const known = memory.get(key);
    if (known && known.uid === metadata.uid) return known;
    const history: History = { recommendations: [], scaleUps: [], scaleDowns: [] };
    const fresh = { uid: metadata.uid ?? '', dueMs: clock.now() + periodMs, history };
    memory.set(key, fresh);
    return fresh;
  }

  async function reconcile(key: string): Promise<{ requeueAfterMs: number } | void> {
    const autoscaler = autoscalerInformer.get(key);
    if (!autoscaler) {
      memory.delete(key);
      return undefined;
    }
    const remembered = memoryOf(autoscaler, key);
    const nowMs = clock.now();
    if (nowMs < remembered.dueMs) return { requeueAfterMs: remembered.dueMs - nowMs };
    remembered.dueMs = nowMs + periodMs;
    const { status, history } = await step(autoscaler, remembered.history);
    remembered.history = history;
    if (!isDeepStrictEqual(autoscaler.status, status)) {
      await client.updateStatus(horizontalPodAutoscalers, { ...autoscaler, status });
    }
    return { requeueAfterMs: periodMs };
  }

  async function step(autoscaler: Autoscaler, before: History): Promise<{ status: Status; history: History }> {
    let target: Target;
    try {
      target = await findTarget(autoscaler);
    } catch (error) {
      const { message } = error as Error;
      events.record({ about: autoscaler, type: 'Warning', reason: 'FailedGetScale', message });
      const why = `the HPA controller was unable to get the target's current scale: ${message}`;
      const finding: Finding = { type: 'AbleToScale', status: 'False', reason: 'FailedGetScale', message: why };
      return { status: statusWith(autoscaler, { findings: [finding] }), history: before };
    }
    const history = begin(before, target.replicas, clock.now());
    const plan = planOf(autoscaler, target, history, await observe(autoscaler, target));
    for (const failure of plan.failures) events.record({ about: autoscaler, type: 'Warning', ...failure });
    const findings = [...plan.findings];
    const { replicas: from } = target;
    if (plan.replicas !== from) findings.push(await rescale(autoscaler, target, plan.replicas, plan.reason));
    const isRescaled = findings.at(-1)?.reason === 'SucceededRescale';
    const status = statusWith(autoscaler, {
      findings,
      currentReplicas: from,
      ...(plan.currentMetrics ? { currentMetrics: plan.currentMetrics, desiredReplicas: plan.replicas } : {}),
      ...(isRescaled ? { desiredReplicas: plan.replicas, lastScaleTime: toTimestamp(clock.now()) } : {}),
    });
    const turn = { recommended: plan.recommended, from, to: isRescaled ? plan.replicas : from };
    return { status, history: remember(history, turn, clock.now()) };
  }

  async function findTarget({ metadata, spec }: Autoscaler): Promise<Target> {
    const { apiVersion = 'v1', kind: kindName = '', name = '' } = spec?.scaleTargetRef ?? {};
    const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
    const ref = findByKind(group ?? '', version ?? '', kindName);
    if (!ref?.subresources?.includes('scale')) {
      throw new Error(`no matches for kind "${kindName}" in group "${group}"`);
    }
    const object = await client.get(ref, name, metadata.namespace);
    const { replicas = 1, selector } = object.spec as { replicas?: number; selector?: LabelSelector };
    return { ref, name, replicas, selector };
  }

  async function observe({ metadata, spec }: Autoscaler, { replicas, selector }: Target): Promise<Observation> {
    const { items } = await client.list(podMetrics, { namespace: metadata.namespace });
    const selected = podInformer
      .list()
      .filter((pod) => pod.metadata.namespace === metadata.namespace && matchesLabels(selector, pod.metadata.labels));
    const names = new Set(selected.map((pod) => pod.metadata.name));
    const toleranceOf = (side: 'scaleUp' | 'scaleDown') => {
      const tolerance = spec?.behavior?.[side]?.tolerance;
      return tolerance === undefined ? defaultTolerance : parseQuantity(tolerance);
    };
    return {
      currentReplicas: replicas,
      pods: selected,
      metrics: items.filter((item) => names.has(item.metadata.name)).map(toPodMetrics),
      tolerance: { up: toleranceOf('scaleUp'), down: toleranceOf('scaleDown') },
      nowMs: clock.now(),
    };
  }

  /** Sets the target's replicas and tells about it. */
  async function rescale(autoscaler: Autoscaler, target: Target, to: number, reason: string): Promise<Finding> {
    const { ref, name } = target;
    const { namespace } = autoscaler.metadata;
    const size = `New size: ${to}; reason: ${reason}`;
    try {
      await client.patch(ref, name, { spec: { replicas: to } }, { namespace, subresource: 'scale' });
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
    const message = `the HPA controller was able to update the target scale to ${to}`;
    return { type: 'AbleToScale', status: 'True', reason: 'SucceededRescale', message };
  }

  function statusWith(
    { status }: Autoscaler,
    { findings, ...next }: Partial<Status> & { findings: readonly Finding[] },
  ): Status {
    const conditions = withFindings(status?.conditions, findings, clock.now());
    return { desiredReplicas: 0, ...status, ...next, conditions };
  }

  return {
    name: 'horizontal-pod-autoscaler',
    watches: [{ informer: autoscalerInformer, keysOf: (autoscaler: Autoscaler) => [keyOf(autoscaler)] }],
    reconcile,
  };
}

interface Plan {
  replicas: number;
  /** Why they change, as the event says it. */
  reason: string;
  /** What the metrics asked for, before windows and bounds. */
  recommended?: number;
  currentMetrics?: Recommendation['currentMetrics'];
  findings: Finding[];
  failures: Recommendation['failures'];
}

/** What to do about a target: bounds come before metrics, and a target of zero is left alone. Pure. */
export function planOf(
  autoscaler: Autoscaler,
  { replicas: current }: Pick<Target, 'replicas'>,
  history: History,
  observation: Observation,
): Plan {
  const { minReplicas = 1, maxReplicas = 0, behavior } = autoscaler.spec ?? {};
  const found: Finding = {
    type: 'AbleToScale',
    status: 'True',
    reason: 'SucceededGetScale',
    message: "the HPA controller was able to get the target's current scale",
  };
  const still = { replicas: current, reason: '', findings: [found], failures: [] };
  if (current === 0) {
    const message = 'scaling is disabled since the replica count of the target is zero';
    const disabled: Finding = { type: 'ScalingActive', status: 'False', reason: 'ScalingDisabled', message };
    return { ...still, currentMetrics: [], findings: [found, disabled] };
  }
  const why = (bound: string) => `Current number of replicas ${bound}`;
  if (current > maxReplicas) return { ...still, replicas: maxReplicas, reason: why('above Spec.MaxReplicas') };
  if (current < minReplicas) return { ...still, replicas: minReplicas, reason: why('below Spec.MinReplicas') };

  const { replicas, metricName, active, failures, currentMetrics } = recommend(autoscaler, observation);
  if (replicas === undefined) return { ...still, findings: [found, active], failures };
  const bounds = { minReplicas, maxReplicas, currentReplicas: current, behavior };
  const decision = decide(replicas, bounds, history, observation.nowMs);
  return {
    replicas: decision.replicas,
    reason: decision.replicas > current ? `${metricName} above target` : 'All metrics below target',
    recommended: replicas,
    currentMetrics,
    findings: [
      { type: 'AbleToScale', status: 'True', ...decision.able },
      active,
      { type: 'ScalingLimited', ...decision.limited },
    ],
    failures,
  };
}

function toPodMetrics({ metadata, timestamp, window, containers }: MetricsObject): PodMetrics {
  return {
    name: metadata.name ?? '',
    timestampMs: Date.parse(timestamp),
    windowMs: Number.parseFloat(window) * 1000,
    containers,
  };
}
