import { describe, expect, it } from 'vitest';
import type { Kube } from '../../lib/kube/kube.ts';
import { KubeError } from '../../lib/kube/kube-error.ts';
import { applyManifests, isAvailable, type DeploymentStatus } from './deploy.ts';

const deployment = (status: DeploymentStatus['status'], replicas = 2): DeploymentStatus => ({
  metadata: { name: 'web', generation: 3 },
  spec: { replicas },
  status,
});

describe('a Deployment', () => {
  it.each([
    [
      'is available when all of the newest revision serves',
      { observedGeneration: 3, updatedReplicas: 2, availableReplicas: 2 },
      true,
    ],
    [
      'is not while the controller has not seen the newest revision',
      { observedGeneration: 2, updatedReplicas: 2, availableReplicas: 2 },
      false,
    ],
    ['is not while old pods serve', { observedGeneration: 3, updatedReplicas: 1, availableReplicas: 2 }, false],
    ['is not before its controller saw it', undefined, false],
  ])('%s', (_, status, available) => {
    expect(isAvailable(deployment(status))).toBe(available);
  });

  it('that is scaled to zero is available', () => {
    expect(isAvailable(deployment({ observedGeneration: 3 }, 0))).toBe(true);
  });
});

it('a namespace is there before all else, a quota before what it bounds, and a Service before the pods that are told of it', async () => {
  const created: string[] = [];
  const kube = {
    get: () => Promise.reject(new KubeError(404, 'NotFound', 'not found')),
    create: (_: string, { kind }: { kind: string }) => Promise.resolve(void created.push(kind)),
  };
  const manifests = ['Deployment', 'Service', 'ResourceQuota', 'Namespace'].map((kind) => ({
    apiVersion: 'v1',
    kind,
    metadata: { name: 'web' },
  }));
  await applyManifests(kube as unknown as Kube, manifests);
  expect(created).toEqual(['Namespace', 'ResourceQuota', 'Service', 'Deployment']);
});
