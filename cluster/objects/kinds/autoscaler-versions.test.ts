import { expect, it } from 'vitest';
import type { HorizontalPodAutoscaler } from '../types.ts';
import { fromV1, toV1 } from './autoscaler-versions.ts';

const metric = (name: string) => ({
  type: 'Resource',
  resource: { name, target: { type: 'Utilization', averageUtilization: 50 } },
});
const stored = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'web', annotations: { note: 'kept' } },
  spec: {
    scaleTargetRef: { kind: 'Deployment', name: 'web' },
    maxReplicas: 5,
    metrics: [metric('cpu'), metric('memory')],
    behavior: { scaleDown: { selectPolicy: 'Disabled' } },
  },
  status: { desiredReplicas: 2, conditions: [{ type: 'AbleToScale', status: 'True' }] },
} as HorizontalPodAutoscaler;

it('an autoscaler survives the way to v1 and back', () => {
  expect(fromV1(toV1(stored))).toEqual(stored);
});

it('in v1 only the CPU target has a field of its own', () => {
  const v1 = toV1(stored);
  expect(v1.spec).toEqual({
    scaleTargetRef: { kind: 'Deployment', name: 'web' },
    maxReplicas: 5,
    targetCPUUtilizationPercentage: 50,
  });
  expect(v1.metadata.annotations).toHaveProperty('note', 'kept');
  expect(JSON.parse(v1.metadata.annotations?.['autoscaling.alpha.kubernetes.io/metrics'] ?? '')).toEqual([
    metric('memory'),
  ]);
});
