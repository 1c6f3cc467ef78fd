import { describe, expect, it } from 'vitest';
import type { HorizontalPodAutoscaler, Pod } from '../../objects/types.ts';
import type { Observation, PodMetrics } from './measurement.ts';
import { planOf } from './plan.ts';

const nowMs = Date.parse('2026-11-21T12:00:00Z');
const history = { recommendations: [], scaleUps: [], scaleDowns: [] };

const autoscaler = (metrics?: object[], spec: object = {}): HorizontalPodAutoscaler =>
  ({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      minReplicas: 1,
      maxReplicas: 10,
      metrics: metrics ?? [resource('cpu', { averageUtilization: 50 })],
      ...spec,
    },
  }) as unknown as HorizontalPodAutoscaler;
const resource = (name: string, target: object) => ({ type: 'Resource', resource: { name, target } });

const pod = (name: string, { ready = true, phase = 'Running', requests = { cpu: '100m', memory: '64Mi' } } = {}): Pod =>
  ({
    metadata: { name },
    spec: { containers: [{ name: 'app', resources: { requests } }] },
    status: {
      phase,
      startTime: '2026-11-21T10:00:00Z',
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: '2026-11-21T10:00:05Z' }],
    },
  }) as unknown as Pod;
const used = (name: string, cpu: string, memory = '32Mi'): PodMetrics => ({
  name,
  timestampMs: nowMs - 5000,
  windowMs: 15_000,
  containers: [{ name: 'app', usage: { cpu, memory } }],
});
const observation = (pods: Pod[], metrics: PodMetrics[] | string): Observation => ({
  currentReplicas: pods.length,
  pods,
  metrics,
  tolerance: { up: 0.1, down: 0.1 },
  nowMs,
});
const reasons = ({ findings }: ReturnType<typeof planOf>) => findings.map(({ type, reason }) => `${type} ${reason}`);

describe('an autoscaler', () => {
  it.each([
    ['200m', 8],
    ['75m', 3],
    ['54m', 2],
    ['46m', 2],
    ['20m', 1],
  ])('with two pods at %s of 100m each and a target of 50%% wants %d', (cpu, replicas) => {
    const plan = planOf(autoscaler(), history, observation([pod('a'), pod('b')], [used('a', cpu), used('b', cpu)]));
    expect(plan.recommended).toBe(replicas);
    const averageUtilization = Number.parseInt(cpu, 10);
    expect(plan.currentMetrics?.[0]?.resource?.current).toEqual({ averageUtilization, averageValue: cpu });
  });

  it('says why it changes the size', () => {
    const reasonAt = (cpu: string) =>
      planOf(autoscaler(), history, observation([pod('a'), pod('b')], [used('a', cpu), used('b', cpu)])).reason;
    expect(reasonAt('75m')).toBe('cpu resource utilization (percentage of request) above target');
    expect(reasonAt('20m')).toBe('All metrics below target');
  });

  it('takes a new pod without load for idle, and one without a measurement for the other side', () => {
    const busyAndNew = observation([pod('a'), pod('b', { phase: 'Pending' })], [used('a', '70m')]);
    expect(planOf(autoscaler(), history, busyAndNew).replicas).toBe(2);
    const idleAndUnknown = observation([pod('a'), pod('b')], [used('a', '10m')]);
    expect(planOf(autoscaler(), history, idleAndUnknown).replicas).toBe(2);
  });

  it('follows an average value, and the metric that asks for most', () => {
    const metrics = [
      resource('memory', { type: 'AverageValue', averageValue: '16Mi' }),
      resource('cpu', { averageUtilization: 50 }),
    ];
    const plan = planOf(autoscaler(metrics), history, observation([pod('a')], [used('a', '50m', '40Mi')]));
    expect(plan).toMatchObject({ replicas: 3, reason: 'memory resource above target' });
    expect(plan.currentMetrics?.[0]?.resource?.current).toEqual({ averageValue: '41943040' });
  });

  it('says which request is missing', () => {
    const bare = pod('web-1', { requests: { cpu: undefined, memory: '1' } as never });
    const plan = planOf(autoscaler(), history, observation([bare], [used('web-1', '50m')]));
    const why = 'failed to get cpu utilization: missing request for cpu in container app of Pod web-1';
    expect(plan.failures).toEqual([
      { reason: 'FailedGetResourceMetric', message: why },
      {
        reason: 'FailedComputeMetricsReplicas',
        message: `invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: ${why}`,
      },
    ]);
    expect(plan.findings[1]).toEqual({
      type: 'ScalingActive',
      status: 'False',
      reason: 'FailedGetResourceMetric',
      message: `the HPA was unable to compute the replica count: ${why}`,
    });
    expect(plan.replicas).toBe(1);
  });

  it('says that there is no metrics server, and leaves a blank for what it does not know', () => {
    const missing = 'the server could not find the requested resource (get pods.metrics.k8s.io)';
    const metrics = [
      resource('cpu', { averageUtilization: 50 }),
      resource('memory', { type: 'AverageValue', averageValue: '16Mi' }),
    ];
    const { failures, findings, currentMetrics, desired, replicas } = planOf(
      autoscaler(metrics),
      history,
      observation([pod('a')], missing),
    );
    const why = (what: string, measure: string) =>
      `failed to get ${what} ${measure}: unable to get metrics for resource ${what}: unable to fetch metrics from ` +
      `resource metrics API: ${missing}`;
    const first = why('cpu', 'utilization');
    expect(failures).toEqual([
      { reason: 'FailedGetResourceMetric', message: first },
      { reason: 'FailedGetResourceMetric', message: why('memory', 'usage') },
      {
        reason: 'FailedComputeMetricsReplicas',
        message: `invalid metrics (2 invalid out of 2), first error is: failed to get cpu resource metric value: ${first}`,
      },
    ]);
    expect(findings[1]?.message).toBe(`the HPA was unable to compute the replica count: ${first}`);
    expect({ currentMetrics, desired, replicas }).toEqual({
      currentMetrics: [{ type: '' }, { type: '' }],
      desired: undefined,
      replicas: 1,
    });
  });

  it('does not scale down while one metric cannot be read, but up', () => {
    const metrics = [
      resource('cpu', { averageUtilization: 50 }),
      { type: 'Pods', pods: { metric: { name: 'requests' }, target: { type: 'AverageValue', averageValue: '1' } } },
    ];
    const pods = [pod('a'), pod('b')];
    const plan = (cpu: string) =>
      planOf(autoscaler(metrics), history, observation(pods, [used('a', cpu), used('b', cpu)]));
    expect(plan('100m').replicas).toBe(4);
    expect(plan('10m')).toMatchObject({ replicas: 2 });
    expect(reasons(plan('10m'))).toContain('ScalingActive FailedGetPodsMetric');
  });

  it('says that there are no other metrics, as a cluster without adapters does', () => {
    const metrics = [
      {
        type: 'External',
        external: { metric: { name: 'queue' }, target: { type: 'AverageValue', averageValue: '5' } },
      },
      {
        type: 'Object',
        object: {
          metric: { name: 'rps' },
          describedObject: { kind: 'Ingress', name: 'main' },
          target: { type: 'Value', value: '5' },
        },
      },
    ];
    const { failures } = planOf(autoscaler(metrics), history, observation([pod('a')], []));
    const external =
      'unable to get external metric shop/queue/nil: unable to fetch metrics from external metrics API: the server could ' +
      'not find the requested resource (get queue.external.metrics.k8s.io)';
    expect(failures.map(({ message }) => message)).toEqual([
      external,
      'unable to get metric rps: Ingress on shop main/unable to fetch metrics from custom metrics API: no custom metrics ' +
        'API (custom.metrics.k8s.io) registered',
      'invalid metrics (2 invalid out of 2), first error is: failed to get queue external metric value: failed to get queue ' +
        `external metric: ${external}`,
    ]);
  });

  it('obeys its bounds before any metric, and leaves a target of size zero alone', () => {
    const none = observation([], []);
    const sized = (currentReplicas: number, spec: object) =>
      planOf(autoscaler(undefined, spec), history, { ...none, currentReplicas });
    expect(sized(12, {})).toMatchObject({ replicas: 10, reason: 'Current number of replicas above Spec.MaxReplicas' });
    expect(sized(1, { minReplicas: 3 })).toMatchObject({
      replicas: 3,
      reason: 'Current number of replicas below Spec.MinReplicas',
    });
    expect(sized(0, {})).toMatchObject({ replicas: 0 });
    expect(reasons(sized(0, {}))).toContain('ScalingActive ScalingDisabled');
  });
});
