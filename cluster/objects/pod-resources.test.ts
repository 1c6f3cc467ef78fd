import { describe, expect, it } from 'vitest';
import { podResources } from './pod-resources.ts';
import { usageOf } from './quota/usage.ts';
import type { Container, Pod } from './types.ts';

const asking = (name: string, cpu: string, more: Partial<Container> = {}): Container => ({
  name,
  image: 'demo:1',
  resources: { requests: { cpu } },
  ...more,
});
const sidecar = asking('mesh', '300m', { restartPolicy: 'Always' });

describe('the resources of a pod', () => {
  it.each([
    ['all containers together', { containers: [asking('a', '100m'), asking('b', '200m')] }, '300m'],
    [
      'or its hungriest init container',
      { initContainers: [asking('init', '1')], containers: [asking('a', '100m')] },
      '1',
    ],
    ['with sidecars beside the others', { initContainers: [sidecar], containers: [asking('a', '100m')] }, '400m'],
    [
      'and beside the init containers that come after them',
      { initContainers: [sidecar, asking('init', '1')], containers: [asking('a', '100m')] },
      '1300m',
    ],
    [
      'but not beside those before them',
      { initContainers: [asking('init', '1'), sidecar], containers: [asking('a', '100m')] },
      '1',
    ],
  ])('are those of %s', (_, spec, cpu) => {
    expect(podResources(spec, 'requests')).toEqual({ cpu });
    const pod: Pod = { apiVersion: 'v1', kind: 'Pod', metadata: {}, spec };
    expect(usageOf('pods', pod)).toMatchObject({ 'requests.cpu': cpu });
  });
});
