/** What an autoscaler does in one turn: bounds first, then metrics, then pace. Pure. */
import type { HorizontalPodAutoscaler } from '../../objects/types.ts';
import type { Finding } from './conditions.ts';
import type { Observation } from './measurement.ts';
import { decide, type History } from './pace.ts';
import { recommend, type Recommendation } from './recommendation.ts';

type Spec = NonNullable<HorizontalPodAutoscaler['spec']>;

export interface Plan {
  replicas: number;
  /** Why they change, as the event says it. */
  reason: string;
  /** What the metrics asked for, before windows and bounds. */
  recommended?: number;
  /** What the status calls desired; undefined leaves it as it was. */
  desired?: number;
  currentMetrics?: Recommendation['currentMetrics'];
  findings: Finding[];
  failures: Recommendation['failures'];
}

/** What to do about a target; one of size zero is left alone. */
export function planOf(autoscaler: HorizontalPodAutoscaler, history: History, observation: Observation): Plan {
  const { currentReplicas: current } = observation;
  const spec: Pick<Spec, 'minReplicas' | 'maxReplicas' | 'behavior'> = autoscaler.spec ?? { maxReplicas: current };
  const { minReplicas = 1, maxReplicas, behavior } = spec;
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
    return { ...still, desired: 0, currentMetrics: [], findings: [found, disabled] };
  }
  const why = (bound: string) => `Current number of replicas ${bound}`;
  if (current > maxReplicas) return { ...still, replicas: maxReplicas, reason: why('above Spec.MaxReplicas') };
  if (current < minReplicas) return { ...still, replicas: minReplicas, reason: why('below Spec.MinReplicas') };

  const { replicas, metricName, active, failures, currentMetrics } = recommend(autoscaler, observation);
  if (replicas === undefined) return { ...still, currentMetrics, findings: [found, active], failures };
  const bounds = { minReplicas, maxReplicas, currentReplicas: current, behavior };
  const decision = decide(replicas, bounds, history, observation.nowMs);
  return {
    replicas: decision.replicas,
    reason: decision.replicas > current ? `${metricName} above target` : 'All metrics below target',
    recommended: replicas,
    desired: decision.replicas,
    currentMetrics,
    findings: [
      { type: 'AbleToScale', status: 'True', ...decision.able },
      active,
      { type: 'ScalingLimited', ...decision.limited },
    ],
    failures,
  };
}
