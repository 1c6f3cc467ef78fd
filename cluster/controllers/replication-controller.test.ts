import { describe, expect, it } from 'vitest';
import { namespaces, pods, replicationControllers } from '../client/resources.ts';
import type { Pod, ReplicationController } from '../objects/types.ts';
import { startTestCluster, type TestCluster } from './test-cluster.ts';

const namespace = 'shop';
const labels = { app: 'old' };
const controller: ReplicationController = {
  apiVersion: 'v1',
  kind: 'ReplicationController',
  metadata: { name: 'old', namespace },
  spec: {
    replicas: 2,
    template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'shop:1' }] } },
  },
};

async function startWith(objects: { pods?: Pod[] } = {}): Promise<TestCluster> {
  const cluster = await startTestCluster();
  const { client, until } = cluster;
  await client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  for (const pod of objects.pods ?? []) await client.create(pods, pod);
  await client.create(replicationControllers, controller);
  await until(async () => (await statusOf(cluster))?.readyReplicas === 2);
  return cluster;
}

async function statusOf({ client }: TestCluster): Promise<ReplicationController['status']> {
  return (await client.get(replicationControllers, 'old', namespace)).status;
}

describe('a ReplicationController', () => {
  it('keeps as many pods as it says, and tells so in its status and in events', async () => {
    await using cluster = await startWith();
    expect(await statusOf(cluster)).toEqual({
      replicas: 2,
      fullyLabeledReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 2,
      observedGeneration: 1,
    });
    const { items } = await cluster.client.list(pods, { namespace });
    expect(items.map(({ metadata }) => metadata.ownerReferences?.[0]?.kind)).toEqual(Array(2).fill(controller.kind));
    const created = items.map(({ metadata }) => `Created pod: ${metadata.name}`);
    expect((await cluster.eventTexts('old', 'SuccessfulCreate')).toSorted()).toEqual(created.toSorted());
  });

  it('follows its scale, whose selector is a text', async () => {
    await using cluster = await startWith();
    const scale = await cluster.client.patch(
      replicationControllers,
      'old',
      { spec: { replicas: 1 } },
      { namespace, subresource: 'scale' },
    );
    expect(scale).toMatchObject({ kind: 'Scale', spec: { replicas: 1 }, status: { selector: 'app=old' } });
    await cluster.until(async () => (await statusOf(cluster))?.replicas === 1);
    expect(cluster.errors).toEqual([]);
  });

  it('adopts a pod that its labels mean', async () => {
    const orphan: Pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'orphan', namespace, labels },
      spec: { containers: [{ name: 'web', image: 'shop:1' }] },
    };
    await using cluster = await startWith({ pods: [orphan] });
    const adopted = await cluster.client.get(pods, 'orphan', namespace);
    expect(adopted.metadata.ownerReferences).toMatchObject([{ kind: 'ReplicationController', name: 'old' }]);
  });

  it('leaves its pods behind for a client that does not say what shall become of them', async () => {
    await using cluster = await startWith();
    await cluster.client.delete(replicationControllers, 'old', { namespace });
    await cluster.until(async () => (await cluster.client.list(replicationControllers)).items.length === 0);
    const { items } = await cluster.client.list(pods, { namespace });
    expect(items.map(({ metadata }) => metadata.ownerReferences ?? [])).toEqual([[], []]);
  });
});
