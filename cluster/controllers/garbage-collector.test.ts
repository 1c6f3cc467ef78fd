import { describe, expect, it } from 'vitest';
import { configMaps, horizontalPodAutoscalers, ingresses } from '../client/resources.ts';
import { ownerReferenceTo } from '../objects/owner-refs.ts';
import { isStatusError } from '../objects/status-error.ts';
import type { ConfigMap, Ingress } from '../objects/types.ts';
import { decide } from './garbage-collector.ts';
import { startTestCluster } from './test-cluster.ts';

describe('garbage', () => {
  it.each([
    [['present'], 'keep'],
    [['present', 'absent'], 'forget-absent'],
    [['absent'], 'delete'],
    [['absent', 'waiting'], 'delete-foreground'],
    [['present', 'waiting'], 'keep'],
  ] as const)('with owners %j is to %s', (owners, decision) => {
    expect(decide(owners)).toBe(decision);
  });

  it('is collected of whatever kind it is, and by whichever version its owner is named', async () => {
    await using cluster = await startTestCluster();
    const { client, until } = cluster;
    const metadata = { name: 'a', namespace: 'default' };
    const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
    const owner = await client.create(horizontalPodAutoscalers, {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata,
      spec: { maxReplicas: 2, scaleTargetRef },
    });
    const ownerReferences = [{ ...ownerReferenceTo(owner), apiVersion: 'autoscaling/v1' }];
    const owned = { ...metadata, ownerReferences };
    const configMap: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: owned };
    const backend = { service: { name: 'web', port: { number: 80 } } };
    const ingress: Ingress = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: owned,
      spec: { defaultBackend: backend },
    };
    await client.create(configMaps, configMap);
    await client.create(ingresses, ingress);
    await client.delete(horizontalPodAutoscalers, 'a', { namespace: 'default' });
    const isGone = async (reading: Promise<unknown>) =>
      await reading.then(
        () => false,
        (error: unknown) => isStatusError(error, 'NotFound'),
      );
    await until(async () => await isGone(client.get(ingresses, 'a', 'default')));
    await until(async () => await isGone(client.get(configMaps, 'a', 'default')));
    expect(cluster.errors).toEqual([]);
  });
});
