import { describe, expect, it } from 'vitest';
import { namespaces, pods, priorityClasses } from '../client/resources.ts';
import type { Pod } from '../objects/types.ts';
import { startTestCluster, type TestCluster } from './test-cluster.ts';

const namespace = 'shop';

async function startFull(names: readonly string[]): Promise<TestCluster> {
  const cluster = await startTestCluster({ node: { cpu: String(names.length) } });
  const { client } = cluster;
  await client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await client.create(priorityClasses, {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: 'urgent' },
    value: 1000,
  });
  for (const name of names) await client.create(pods, pod(name));
  for (const name of names) await cluster.until(async () => (await read(cluster, name)).spec?.nodeName !== undefined);
  return cluster;
}

function pod(name: string, spec: Partial<NonNullable<Pod['spec']>> = {}): Pod {
  const containers = [{ name: 'app', image: 'shop:1', resources: { requests: { cpu: '1' } } }];
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace }, spec: { containers, ...spec } };
}

function read({ client }: TestCluster, name: string): Promise<Pod> {
  return client.get(pods, name, namespace);
}

describe('a pod whose priority is higher than that of those who fill the node', () => {
  it('gets the place of one of them, and all is told', async () => {
    await using cluster = await startFull(['first', 'second']);
    const { client } = cluster;
    const { metadata } = await client.create(pods, pod('urgent', { priorityClassName: 'urgent' }));
    await cluster.until(async () => (await read(cluster, 'urgent')).spec?.nodeName === 'node-1');
    expect((await read(cluster, 'urgent')).status?.nominatedNodeName).toBe('node-1');
    const { items } = await client.list(pods, { namespace });
    expect(items.map((item) => String(item.metadata.name)).toSorted()).toEqual(['first', 'urgent']);
    await cluster.advance(100);
    expect(await cluster.eventTexts('second', 'Preempted')).toEqual([
      `Preempted by pod ${metadata.uid} on node node-1`,
    ]);
    expect(await cluster.eventTexts('urgent', 'FailedScheduling')).toEqual([
      '0/1 nodes are available: 1 Insufficient cpu.',
    ]);
    expect(cluster.errors).toEqual([]);
  });

  it('is waited for while its victim takes its time, and nobody gets in between', async () => {
    await using cluster = await startFull(['only']);
    const { client } = cluster;
    cluster.kubelet.stops = () => false;
    await client.create(pods, pod('urgent', { priorityClassName: 'urgent' }));
    await cluster.until(async () => (await read(cluster, 'only')).metadata.deletionTimestamp !== undefined);
    const { status } = await read(cluster, 'only');
    expect(status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'DisruptionTarget', reason: 'PreemptionByScheduler' }),
    );
    await client.create(pods, pod('late'));
    await cluster.advance(5_000);
    expect((await read(cluster, 'urgent')).spec?.nodeName).toBeUndefined();
    await client.delete(pods, 'only', { namespace, gracePeriodSeconds: 0 });
    await cluster.until(async () => (await read(cluster, 'urgent')).spec?.nodeName !== undefined);
    expect((await read(cluster, 'late')).spec?.nodeName).toBeUndefined();
  });

  it('drops its claim when the place is taken from it for good', async () => {
    await using cluster = await startFull(['only']);
    const { client } = cluster;
    cluster.kubelet.stops = () => false;
    await client.create(pods, pod('urgent', { priorityClassName: 'urgent' }));
    await cluster.until(async () => (await read(cluster, 'urgent')).status?.nominatedNodeName === 'node-1');
    await client.create(pods, pod('system', { priorityClassName: 'system-node-critical' }));
    await client.delete(pods, 'only', { namespace, gracePeriodSeconds: 0 });
    await cluster.until(async () => (await read(cluster, 'system')).spec?.nodeName !== undefined);
    await cluster.until(async () => (await read(cluster, 'urgent')).status?.nominatedNodeName === undefined);
    expect(await cluster.eventTexts('urgent', 'FailedScheduling')).toContain(
      '0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.',
    );
  });
});

describe('a pod that wants to be near another', () => {
  it('follows as soon as that one has a node', async () => {
    await using cluster = await startFull(['first', 'second']);
    const { client } = cluster;
    await client.delete(pods, 'second', { namespace });
    const term = { labelSelector: { matchLabels: { app: 'cache' } }, topologyKey: 'kubernetes.io/hostname' };
    const podAffinity = { requiredDuringSchedulingIgnoredDuringExecution: [term] };
    const fan = pod('fan', { affinity: { podAffinity }, containers: [{ name: 'app', image: 'shop:1' }] });
    await client.create(pods, fan);
    await cluster.until(async () => (await cluster.eventTexts('fan', 'FailedScheduling')).length > 0);
    const { metadata, ...cache } = pod('cache');
    await client.create(pods, { ...cache, metadata: { ...metadata, labels: { app: 'cache' } } });
    await cluster.until(async () => (await read(cluster, 'fan')).spec?.nodeName !== undefined);
    expect((await read(cluster, 'fan')).spec?.nodeName).toBe('node-1');
  });
});
