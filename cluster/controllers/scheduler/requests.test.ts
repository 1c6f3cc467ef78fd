import { expect, it } from 'vitest';
import { podRequests } from './requests.ts';
import { pod } from './testing/fixtures.ts';

const container = (cpu: string, restartPolicy?: string) => ({
  name: 'one',
  resources: { requests: { cpu } },
  ...(restartPolicy ? { restartPolicy } : {}),
});

it.each([
  ['containers together', { containers: [container('100m'), container('200m')] }, 300],
  ['a sidecar beside them', { containers: [container('100m')], initContainers: [container('50m', 'Always')] }, 150],
  ['an init container that wants more', { containers: [container('100m')], initContainers: [container('1')] }, 1000],
  [
    'an init container with the sidecar before it, not the one after',
    {
      containers: [container('100m')],
      initContainers: [container('50m', 'Always'), container('1'), container('30m', 'Always')],
    },
    1050,
  ],
  ['what the pod costs beside', { containers: [container('100m')], overhead: { cpu: '10m' } }, 110],
])('a pod asks for %s', (_, spec, cpuMillis) => {
  expect(podRequests(pod(spec)).cpuMillis).toBe(cpuMillis);
});
