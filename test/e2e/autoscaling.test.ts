/** How an autoscaler scales down: not before the others of its window agree, and no faster than it may. */
import { beforeAll, expect, it } from 'vitest';
import { createAll } from '../helpers/pods.ts';
import { eventually } from '../helpers/run.ts';
import { useTestCluster } from '../helpers/use-test-cluster.ts';

const { kubectl, k } = useTestCluster();

beforeAll(async () => {
  await k('create', 'deployment', 'idle', '--image=web:1', '--replicas=4');
  await k('rollout', 'status', 'deployment/idle', '--timeout=60s');
});

it('waits for its window, and goes down in the steps of its policy when there is none', async () => {
  await createAll(kubectl, {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'idle' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'idle' },
      maxReplicas: 5,
      metrics: [
        { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '10Gi' } } },
      ],
      behavior: { scaleDown: { policies: [{ type: 'Pods', value: 1, periodSeconds: 600 }] } },
    },
  });
  const described = () => k('describe', 'hpa', 'idle');
  const replicas = () => k('get', 'deployment', 'idle', '-o', 'jsonpath={.spec.replicas}');
  const stable = await eventually('it holds', described, (text) => text.includes('ScaleDownStabilized'), {
    timeoutMs: 60_000,
  });
  expect(stable).toMatch(
    /AbleToScale +True +ScaleDownStabilized +recent recommendations were higher than current one, applying the highest recent recommendation\n/,
  );
  expect(stable).toMatch(
    /Scale Down:\n +Select Policy: Max\n +Policies:\n +- Type: Pods +Value: 1 +Period: 600 seconds\n/,
  );
  expect(await replicas()).toBe('4');

  await k(
    'patch',
    'hpa',
    'idle',
    '--type=merge',
    '-p',
    '{"spec":{"behavior":{"scaleDown":{"stabilizationWindowSeconds":0}}}}',
  );
  await eventually('one pod fewer', replicas, (count) => count === '3', { timeoutMs: 60_000 });
  const limited = await eventually('it is held back', described, (text) => text.includes('ScaleDownLimit'), {
    timeoutMs: 60_000,
  });
  expect(limited).toMatch(
    /ScalingLimited +True +ScaleDownLimit +the desired replica count is decreasing faster than the maximum scale rate\n/,
  );
  expect(await replicas()).toBe('3');
});
