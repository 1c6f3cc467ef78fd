import { describe, expect, it } from 'vitest';
import * as resources from '../client/resources.ts';
import type { ReplicaSet } from '../objects/types.ts';
import { startTestCluster, type TestCluster } from './test-cluster.ts';

const namespace = 'shop';

/** Three pods are wanted and a quota lets two through. */
async function startShortOfRoom(): Promise<TestCluster> {
  const cluster = await startTestCluster();
  const { client, until } = cluster;
  await client.create(resources.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await client.create(resources.resourceQuotas, {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'small', namespace },
    spec: { hard: { pods: '2' } },
  });
  await client.create(resources.replicaSets, replicaSet('web', 3));
  await until(async () => (await client.list(resources.pods, { namespace })).items.length === 2);
  return cluster;
}

function replicaSet(name: string, replicas: number): ReplicaSet {
  const template = { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'app', image: 'shop:1' }] } };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name, namespace },
    spec: { replicas, selector: { matchLabels: { app: name } }, template },
  };
}

async function countPods({ client }: TestCluster): Promise<number> {
  return (await client.list(resources.pods, { namespace })).items.length;
}

async function countRefusals({ client }: TestCluster): Promise<number> {
  const { items } = await client.list(resources.events, { namespace });
  return items.filter(({ reason }) => reason === 'FailedCreate').reduce((sum, { count = 0 }) => sum + count, 0);
}

/** In small steps, between which the controllers do their work. */
async function pass(cluster: TestCluster, forMs: number): Promise<void> {
  for (let passedMs = 0; passedMs < forMs; passedMs += 100) await cluster.advance(100);
}

describe('a workload whose pods a quota refuses', () => {
  it('waits twice as long after each refusal, minutes in the end', async () => {
    await using cluster = await startShortOfRoom();
    await pass(cluster, 20_000);
    const early = await countRefusals(cluster);
    await pass(cluster, 120_000);
    const later = (await countRefusals(cluster)) - early;
    expect(early).toBeGreaterThan(10);
    expect(later).toBeLessThanOrEqual(3);
  });

  it('tries again at once when the quota is raised, or another pod goes', async () => {
    await using cluster = await startShortOfRoom();
    const { client, until } = cluster;
    await cluster.advance(60_000);
    await client.patch(resources.resourceQuotas, 'small', { spec: { hard: { pods: '3' } } }, { namespace });
    await until(async () => (await countPods(cluster)) === 3, 1_000);

    await client.create(resources.replicaSets, replicaSet('more', 1));
    await cluster.advance(60_000);
    expect(await countPods(cluster)).toBe(3);
    await client.patch(resources.replicaSets, 'web', { spec: { replicas: 2 } }, { namespace });
    await until(
      async () => (await client.list(resources.pods, { namespace, labelSelector: 'app=more' })).items.length === 1,
      1_000,
    );
  });
});
