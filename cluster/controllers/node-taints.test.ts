import { expect, it } from 'vitest';
import { nodes } from '../client/resources.ts';
import { startTestCluster } from './test-cluster.ts';

it('a cordoned node has a taint for as long as it is cordoned, beside those that others gave it', async () => {
  await using cluster = await startTestCluster();
  const { client, until } = cluster;
  const taints = async () => (await client.get(nodes, 'node-1')).spec?.taints?.map(({ key }) => key) ?? [];
  await client.patch(nodes, 'node-1', { spec: { taints: [{ key: 'disk', effect: 'NoSchedule' }] } });
  await client.patch(nodes, 'node-1', { spec: { unschedulable: true } });
  await until(async () => (await taints()).length === 2, 2_000);
  expect(await taints()).toEqual(['disk', 'node.kubernetes.io/unschedulable']);
  await client.patch(nodes, 'node-1', { spec: { unschedulable: null } });
  await until(async () => (await taints()).length === 1, 2_000);
  expect(await taints()).toEqual(['disk']);
});
