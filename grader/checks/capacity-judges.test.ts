import { describe, expect, it } from 'vitest';
import type { Meaning } from '../check.ts';
import type { Container, Probe } from '../state.ts';
import { container, deployment, healthyState, pod } from '../testing/fixtures.ts';
import { autoscaler, judgeAutoscaler, type Autoscaler } from './autoscaler.ts';
import { judgeRounds } from './memory-per-order.ts';
import { judgeDurations } from './prompt-answers.ts';
import { judgeQuota } from './replicas-within-quota.ts';
import { judgePatience } from './start-patience.ts';

const meaning: Meaning = { expected: 'e', why: 'w', where: 'l' };

describe('an autoscaler', () => {
  const given = autoscaler.params.parse({ deployment: 'shop' });
  const cpu = (target: object): NonNullable<Autoscaler['spec']['metrics']> => [
    { type: 'Resource', resource: { name: 'cpu', target } },
  ];
  const sixty = cpu({ averageUtilization: 60 });
  const scaler = (spec: Partial<Autoscaler['spec']> = {}): Autoscaler => ({
    metadata: { name: 'shop' },
    spec: { scaleTargetRef: { kind: 'Deployment', name: 'shop' }, maxReplicas: 4, metrics: sixty, ...spec },
  });
  const down = (rules: object): Partial<Autoscaler['spec']> => ({ behavior: { scaleDown: rules } });
  const asked = (requests: Record<string, string>, limits: Record<string, string> = { cpu: '500m' }): Container =>
    container('shop', { resources: { requests, limits } });
  const judge = (autoscalers: Autoscaler[], one: Container = asked({ cpu: '50m' })) => {
    const pods = [{ ...pod('shop'), spec: { containers: [one] } }];
    return judgeAutoscaler(given, { autoscalers, deployment: deployment('shop', one), pods, quick: true }, meaning);
  };

  it.each<[string, Autoscaler, Container?]>([
    ['says nothing of pace', scaler()],
    ['has an absolute target, whatever is requested', scaler({ metrics: cpu({ averageValue: '60m' }) }), asked({})],
    ['waits three minutes', scaler(down({ stabilizationWindowSeconds: 180 }))],
    ['lets short waves pass', scaler({ behavior: { scaleUp: { stabilizationWindowSeconds: 60 } } })],
    ['has two at least', scaler({ minReplicas: 2 })],
  ])('is right when it %s', (_, one, template) => {
    expect(judge([one], template)).toMatchObject({ verdict: 'pass' });
  });

  it.each<[string, Autoscaler[], RegExp, Container?]>([
    ['nobody scales', [], /nothing scales shop/],
    ['two do', [scaler(), scaler()], /both scale/],
    ['nobody knows what a percentage is of', [scaler()], /nobody knows what 100 %/, asked({})],
    ['it may not grow', [scaler({ maxReplicas: 1 })], /there are 1/],
    ['it may not choose', [scaler({ minReplicas: 4 })], /there are 4/],
    [
      'its target is out of reach',
      [scaler({ metrics: cpu({ averageUtilization: 100 }) })],
      /there are 1/,
      asked({ cpu: '1' }, { cpu: '1' }),
    ],
    ['it never shrinks', [scaler(down({ selectPolicy: 'Disabled' }))], /still/],
    ['it follows each wave', [scaler(down({ stabilizationWindowSeconds: 0 }))], /turn round \d+ times/],
    ['it grows too late', [scaler({ behavior: { scaleUp: { stabilizationWindowSeconds: 600 } } })], /there are 1/],
  ])('is wrong when %s', (_, all, observed, template) => {
    const found = judge(all, template);
    expect(found.observed).toMatch(observed);
    expect(found.verdict).toBe('fail');
  });
});

describe('memory per order', () => {
  const mib = 2 ** 20;
  it.each([
    ['what fills up and stays', [80, 90, 92], 'pass'],
    ['what is tidied up now and then', [80, 110, 85], 'pass'],
    ['what climbs with each order', [80, 100, 121], 'fail'],
    ['what was tidied up late, and has been since', [80, 100, 121, 90], 'pass'],
    ['what climbs, although other things were tidied up', [80, 114, 118, 150], 'fail'],
  ])('%s', (_, memory, verdict) => {
    const found = judgeRounds({ memory: memory.map((amount) => amount * mib) }, 45, meaning);
    expect(found.verdict).toBe(verdict);
  });

  it('a copy that ends under its orders has failed', () => {
    const found = judgeRounds({ memory: [80 * mib], problem: 'connection refused' }, 45, meaning);
    expect(found).toMatchObject({ verdict: 'fail', observed: 'after 200 orders: connection refused' });
  });
});

describe('replicas within a quota', () => {
  const given = { deployment: 'shop', replicas: 1, resource: 'requests.cpu', max: '1400m' };
  const quota = (cpu: string) => ({ metadata: { name: 'team' }, spec: { hard: { 'requests.cpu': cpu } } });

  it.each([
    ['all there, and bounded', 1, [quota('600m')], 'pass'],
    ['one is missing', 2, [quota('600m')], 'fail'],
    ['no quota any more', 1, [], 'fail'],
    ['a quota that bounds nobody', 1, [quota('1k')], 'fail'],
  ])('%s', (_, replicas, quotas, verdict) => {
    expect(judgeQuota({ ...given, replicas }, healthyState('shop'), quotas).verdict).toBe(verdict);
  });
});

describe('patience with a start', () => {
  const state = (changes: { startupProbe?: Probe; livenessProbe?: Probe }, startS: number) => {
    const now = healthyState('shop');
    now.deployments[0]!.spec.template.spec.containers = [container('shop', changes)];
    const { status } = now.pods[0]!;
    const at = (second: number): string => new Date(second * 1000).toISOString();
    status!.containerStatuses![0]!.state = { running: { startedAt: at(0) } };
    status!.conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: at(startS) }];
    return now;
  };

  it.each<[string, Parameters<typeof state>, string]>([
    ['a liveness probe that begins late enough', [{ livenessProbe: { initialDelaySeconds: 30 } }, 8], 'pass'],
    ['a startup probe', [{ startupProbe: { periodSeconds: 2, failureThreshold: 30 } }, 8], 'pass'],
    ['hardly more than the start took', [{ livenessProbe: { periodSeconds: 3, failureThreshold: 3 } }, 8], 'fail'],
    ['for ever', [{ startupProbe: { periodSeconds: 10, failureThreshold: 1000 } }, 8], 'fail'],
  ])('%s', (_, given, verdict) => {
    expect(judgePatience({ deployment: 'shop' }, state(...given)).verdict).toBe(verdict);
  });

  it('there is none when no pod has ever come up', () => {
    const now = healthyState('shop');
    now.pods[0]!.status!.containerStatuses![0]!.ready = false;
    expect(judgePatience({ deployment: 'shop' }, now)).toMatchObject({ verdict: 'fail' });
  });
});

it('prompt answers: the quickest rounds count, beside those of somebody else at the same time', () => {
  expect(judgeDurations([40, 60, 900], [30, 50, 45], 200, meaning).verdict).toBe('pass');
  expect(judgeDurations([900, 950, 1200], [880, 1000, 900], 200, meaning).verdict).toBe('pass');
  expect(judgeDurations([400, 600, 900], [30, 50, 45], 200, meaning).verdict).toBe('fail');
  // Everybody waits for the processor: half a second here and a quarter there say nothing about a limit.
  expect(judgeDurations([400, 463, 500], [210, 233, 250], 200, meaning).verdict).toBe('undetermined');
  expect(judgeDurations([1100, 1200, 1400], [210, 233, 250], 200, meaning).verdict).toBe('fail');
});
