/** What all metrics of an autoscaler recommend together. Pure. */
import type { HorizontalPodAutoscaler } from '../../objects/types.ts';
import type { Finding } from './conditions.ts';
import { propose, type Metric, type MetricStatus, type Observation, type Proposal } from './measurement.ts';

export interface Recommendation {
  /** Undefined when the metrics that can be read do not suffice. */
  replicas: number | undefined;
  metricName: string;
  /** One for each metric; those that could not be read are blank. */
  currentMetrics: MetricStatus[];
  active: Finding;
  /** What could not be read: events of the autoscaler. */
  failures: { reason: string; message: string }[];
}

/**
 * The highest number that any metric asks for. A metric that cannot be read forbids scaling down.
 * Differs: there are resource metrics only; metrics of pods, objects and other systems are never found.
 */
export function recommend({ metadata, spec }: HorizontalPodAutoscaler, observation: Observation): Recommendation {
  const failures: Recommendation['failures'] = [];
  const proposals: Proposal[] = [];
  const currentMetrics: MetricStatus[] = [];
  let first: { reason: string; condition: string; summary: string } | undefined;
  const metrics = spec?.metrics ?? [];
  for (const metric of metrics) {
    try {
      const proposal = readMetric(metric, observation, metadata.namespace ?? '');
      proposals.push(proposal);
      currentMetrics.push(proposal.status);
    } catch (error) {
      const failure = describeFailure(metric, (error as Error).message);
      failures.push({ reason: failure.reason, message: failure.condition });
      first ??= failure;
      currentMetrics.push({ type: '' });
    }
  }
  const highest = proposals.reduce<Proposal | undefined>(
    (best, next) => (best && best.replicas >= next.replicas ? best : next),
    undefined,
  );
  const isShrinking = highest !== undefined && highest.replicas < observation.currentReplicas;
  if (first && (!highest || isShrinking)) {
    const message = `invalid metrics (${failures.length} invalid out of ${metrics.length}), first error is: ${first.summary}`;
    failures.push({ reason: 'FailedComputeMetricsReplicas', message });
    const why = `the HPA was unable to compute the replica count: ${first.condition}`;
    const active: Finding = { type: 'ScalingActive', status: 'False', reason: first.reason, message: why };
    return { replicas: undefined, metricName: '', currentMetrics, active, failures };
  }
  const metricName = highest?.metricName ?? '';
  const message = `the HPA was able to successfully calculate a replica count from ${metricName}`;
  const active: Finding = { type: 'ScalingActive', status: 'True', reason: 'ValidMetricFound', message };
  return { replicas: highest?.replicas, metricName, currentMetrics, active, failures };
}

function readMetric(metric: Metric, observation: Observation, namespace: string): Proposal {
  switch (metric.type) {
    case 'Resource':
    case 'ContainerResource':
      return propose(metric, observation);
    case 'External':
      throw new Error(externalFailure(metric.external?.metric.name ?? '', namespace));
    default:
      throw new Error(customFailure(metric, namespace));
  }
}

function externalFailure(name: string, namespace: string): string {
  const cause = `the server could not find the requested resource (get ${name}.external.metrics.k8s.io)`;
  return `unable to get external metric ${namespace}/${name}/nil: unable to fetch metrics from external metrics API: ${cause}`;
}

function customFailure({ pods, object }: Metric, namespace: string): string {
  const { kind, name } = object?.describedObject ?? {};
  // The words of the original, slash and all.
  const where = object ? `${kind} on ${namespace} ${name}/` : '';
  return (
    `unable to get metric ${(pods ?? object)?.metric.name}: ${where}unable to fetch metrics from custom metrics API: ` +
    'no custom metrics API (custom.metrics.k8s.io) registered'
  );
}

/** @returns the reason of condition and event, the condition's text, and the text for all metrics together */
function describeFailure(metric: Metric, message: string): { reason: string; condition: string; summary: string } {
  const { name: resource, target } = metric.resource ?? metric.containerResource ?? {};
  const reason = `FailedGet${metric.type}Metric`;
  if (resource) {
    const measure = target?.averageValue === undefined ? 'utilization' : 'usage';
    const condition = `failed to get ${resource} ${measure}: ${message}`;
    const kind = metric.type === 'Resource' ? 'resource' : 'container';
    return { reason, condition, summary: `failed to get ${resource} ${kind} metric value: ${condition}` };
  }
  const external = metric.external?.metric.name;
  const summary = external
    ? `failed to get ${external} external metric value: failed to get ${external} external metric: ${message}`
    : `failed to get ${metric.type.toLowerCase()} metric value: ${message}`;
  return { reason, condition: message, summary };
}
