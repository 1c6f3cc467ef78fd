import { expect, it } from 'vitest';
import { nodes, pods } from '../client/resources.ts';
import type { Node, Pod } from '../objects/types.ts';
import { isStatusError } from '../objects/status-error.ts';
import { toleratedMs } from './taint-eviction.ts';
import { startTestCluster } from './test-cluster.ts';

type Taints = NonNullable<NonNullable<Node['spec']>['taints']>;
type Tolerations = NonNullable<NonNullable<Pod['spec']>['tolerations']>;

const node = (taints: Taints): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'node-1' },
  spec: { taints },
});
const pod = (name: string, tolerations: Tolerations = []): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: { containers: [{ name: 'app', image: 'demo:1' }], tolerations },
});
const broken = { key: 'disk', value: 'broken', effect: 'NoExecute' };

it.each([
  ['without taints for ever', [], [], Number.POSITIVE_INFINITY],
  ['with a taint for newcomers only for ever', [{ ...broken, effect: 'NoSchedule' }], [], Number.POSITIVE_INFINITY],
  ['with a taint that it does not bear not at all', [broken], [], 0],
  [
    'as long as it bears the taint',
    [broken],
    [{ key: 'disk', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 30 }],
    30_000,
  ],
  ['with one that it bears for good for ever', [broken], [{ operator: 'Exists' }], Number.POSITIVE_INFINITY],
] as [string, Taints, Tolerations, number][])('a pod stays %s', (_, taints, tolerations, expected) => {
  expect(toleratedMs(pod('web', tolerations), node(taints))).toBe(expected);
});

it('pods leave a tainted node, some after a while, and the events say why', async () => {
  await using cluster = await startTestCluster();
  const { client, until } = cluster;
  const isGone = (name: string) =>
    client.get(pods, name, 'default').then(
      () => false,
      (error: unknown) => isStatusError(error, 'NotFound'),
    );
  await client.create(pods, pod('web'));
  await client.create(
    pods,
    pod('patient', [{ key: 'disk', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 30 }]),
  );
  for (const name of ['web', 'patient']) {
    await until(async () => (await client.get(pods, name, 'default')).status?.phase === 'Running');
  }
  await client.patch(nodes, 'node-1', { spec: { taints: [broken] } });
  await until(() => isGone('web'), 2_000);
  expect(await cluster.eventTexts('web', 'TaintManagerEviction')).toEqual(['Marking for deletion Pod default/web']);
  await cluster.advance(20_000);
  expect(await isGone('patient')).toBe(false);
  await until(() => isGone('patient'), 15_000);
  expect(cluster.errors).toEqual([]);
});
