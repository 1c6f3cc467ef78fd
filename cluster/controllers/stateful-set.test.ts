import { describe, expect, it } from 'vitest';
import { limitRanges, namespaces, persistentVolumeClaims, pods, statefulSets } from '../client/resources.ts';
import type { StatefulSet } from '../objects/types.ts';
import { startTestCluster, type TestCluster } from './test-cluster.ts';

const namespace = 'shop';
const labels = { app: 'store' };
const store: StatefulSet = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'store', namespace },
  spec: {
    replicas: 2,
    serviceName: 'store',
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'store:1' }] } },
    volumeClaimTemplates: [
      {
        metadata: { name: 'data' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
    ],
    persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete', whenDeleted: 'Retain' },
  },
};

async function startStore(): Promise<TestCluster> {
  const cluster = await startTestCluster();
  const { client, until } = cluster;
  await client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await client.create(statefulSets, store);
  await until(async () => (await readyReplicas(cluster)) === 2);
  return cluster;
}

async function readyReplicas({ client }: TestCluster): Promise<number | undefined> {
  return (await client.get(statefulSets, 'store', namespace)).status?.readyReplicas;
}

async function claimNames({ client }: TestCluster): Promise<string[]> {
  const { items } = await client.list(persistentVolumeClaims, { namespace });
  return items.map(({ metadata }) => metadata.name ?? '');
}

async function scale({ client }: TestCluster, replicas: number): Promise<void> {
  await client.patch(statefulSets, 'store', { spec: { replicas } }, { namespace });
}

describe('a StatefulSet whose claims are refused', () => {
  it('says so of the claim and of the pod', async () => {
    await using cluster = await startTestCluster();
    const { client } = cluster;
    await client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    await client.create(limitRanges, {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: { name: 'small', namespace },
      spec: { limits: [{ type: 'PersistentVolumeClaim', max: { storage: '500Mi' } }] },
    });
    await client.create(statefulSets, store);
    await cluster.until(async () => (await cluster.eventTexts('store', 'FailedCreate')).length >= 2);
    const why =
      'persistentvolumeclaims "data-store-0" is forbidden: maximum storage usage per PersistentVolumeClaim is 500Mi, but ' +
      'request is 1Gi';
    const texts = await cluster.eventTexts('store', 'FailedCreate');
    expect(texts.toSorted().slice(0, 2)).toEqual([
      `create Claim data-store-0 Pod store-0 in StatefulSet store failed error: ${why}`,
      `create Pod store-0 in StatefulSet store failed error: failed to create PVC data-store-0: ${why}`,
    ]);
  });
});

describe('a StatefulSet whose claims go when it shrinks', () => {
  it('loses the claim with the pod, and gets a new one when it grows again at once', async () => {
    await using cluster = await startStore();
    const { client } = cluster;
    const before = await client.get(persistentVolumeClaims, 'data-store-1', namespace);
    await scale(cluster, 1);
    await cluster.until(async () => (await client.list(pods, { namespace })).items.length === 1);
    await scale(cluster, 2);
    await cluster.until(async () => {
      const now = await client.get(persistentVolumeClaims, 'data-store-1', namespace).catch(() => undefined);
      return now !== undefined && now.metadata.uid !== before.metadata.uid;
    });
    await cluster.until(async () => (await readyReplicas(cluster)) === 2);
    expect(await claimNames(cluster)).toEqual(['data-store-0', 'data-store-1']);
  });

  it('leaves the claims when it is deleted, unless it says so before', async () => {
    await using cluster = await startStore();
    const { client } = cluster;
    const persistentVolumeClaimRetentionPolicy = { whenDeleted: 'Delete' };
    await client.patch(statefulSets, 'store', { spec: { persistentVolumeClaimRetentionPolicy } }, { namespace });
    await cluster.until(async () => {
      const { items } = await client.list(persistentVolumeClaims, { namespace });
      return items.every(({ metadata }) => metadata.ownerReferences?.[0]?.kind === 'StatefulSet');
    });
    await client.delete(statefulSets, 'store', { namespace, propagationPolicy: 'Background' });
    await cluster.until(async () => (await claimNames(cluster)).length === 0);
    expect((await client.list(pods, { namespace })).items).toEqual([]);
  });
});
