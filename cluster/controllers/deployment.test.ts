import { describe, expect, it } from 'vitest';
import { deployments, namespaces, replicaSets } from '../client/resources.ts';
import type { Deployment } from '../objects/types.ts';
import { startTestCluster } from './test-cluster.ts';

const namespace = 'shop';

function deployment(image: string): Deployment {
  const labels = { app: 'web' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'app', image }] } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace },
    spec: { replicas: 1, selector: { matchLabels: labels }, template },
  };
}

describe('a deployment whose replica set finds its name taken', () => {
  it('counts the collision and takes another name', async () => {
    await using cluster = await startTestCluster();
    const { client, until } = cluster;
    const read = () => client.get(deployments, 'web', namespace);
    await client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    // What it will be called is seen from a first one, whose replica set is then left behind as somebody else's.
    await client.create(deployments, deployment('shop:1'));
    await until(async () => (await read()).status?.availableReplicas === 1);
    const [first] = (await client.list(replicaSets, { namespace })).items;
    await client.delete(deployments, 'web', { namespace, propagationPolicy: 'Orphan' });
    await until(async () => (await client.list(deployments)).items.length === 0);
    const { name = '' } = first?.metadata ?? {};
    const spec = { template: { spec: { containers: [{ name: 'app', image: 'shop:other' }] } } };
    const contentType = 'application/strategic-merge-patch+json';
    const metadata = { labels: { app: 'other' } };
    await client.patch(replicaSets, name, { metadata, spec }, { namespace, contentType });

    await client.create(deployments, deployment('shop:1'));
    await until(async () => (await read()).status?.availableReplicas === 1);
    expect((await read()).status?.collisionCount).toBe(1);
    const { items } = await client.list(replicaSets, { namespace });
    expect(items).toHaveLength(2);
    expect(items.map((replicaSet) => replicaSet.metadata.name)).toContain(name);
  });
});
