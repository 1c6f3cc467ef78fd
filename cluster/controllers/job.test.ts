/** Jobs with the other controllers, against the real API server in the same process. */
import { expect, it } from 'vitest';
import type { Client } from '../client/client.ts';
import { jobs, namespaces, pods, serviceAccounts } from '../client/resources.ts';
import { JOB_TRACKING } from '../objects/finalizers.ts';
import type { Job, Pod } from '../objects/types.ts';
import { startTestCluster, type TestCluster } from './test-cluster.ts';

const namespace = 'shop';

async function startShop(): Promise<TestCluster> {
  const cluster = await startTestCluster();
  const { client, until } = cluster;
  await client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await until(async () => (await client.list(serviceAccounts, { namespace })).items.length > 0);
  return cluster;
}

function job(name: string, spec: Partial<Job['spec']> = {}): Job {
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'app', image: 'shop:1' }] } };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name, namespace }, spec: { template, ...spec } };
}

async function podsOf(client: Client): Promise<Pod[]> {
  return (await client.list(pods, { namespace })).items;
}

async function finalizersOf(client: Client): Promise<unknown[]> {
  return (await podsOf(client)).map(({ metadata }) => metadata.finalizers);
}

it('creates no pod more than may run together', async () => {
  await using cluster = await startShop();
  const { client, until } = cluster;
  for (let number = 0; number < 10; number++) {
    await client.create(jobs, job(`pack-${number}`, { completions: 4, parallelism: 3 }));
  }
  await until(async () => (await podsOf(client)).length >= 30);
  await cluster.advance(2000);
  expect(await podsOf(client)).toHaveLength(30);
  for (let number = 0; number < 10; number++) {
    expect(await cluster.eventTexts(`pack-${number}`, 'SuccessfulDelete')).toEqual([]);
  }
});

it('holds its pods until they are counted', async () => {
  await using cluster = await startShop();
  const { client, until } = cluster;
  await client.create(jobs, job('pack'));
  await until(async () => (await podsOf(client)).some(({ status }) => status?.phase === 'Running'));
  expect(await finalizersOf(client)).toEqual([[JOB_TRACKING]]);
  const [pod] = await podsOf(client);
  await client.updateStatus(pods, { ...pod!, status: { ...pod!.status, phase: 'Succeeded' } });
  const statusOf = async () => (await client.get(jobs, 'pack', namespace)).status;
  await until(async () => (await statusOf())?.completionTime !== undefined);
  expect(await statusOf()).toMatchObject({ succeeded: 1, uncountedTerminatedPods: {} });
  expect(await finalizersOf(client)).toEqual([undefined]);
});

it.each(['Background', 'Orphan'] as const)(
  'lets its pods go when it is gone (%s), also where another one has its name by then',
  async (propagationPolicy) => {
    await using cluster = await startShop();
    const { client, until } = cluster;
    await client.create(jobs, job('pack'));
    await until(async () => (await podsOf(client)).length === 1);
    const [old] = await podsOf(client);
    await client.delete(jobs, 'pack', { namespace, propagationPolicy });
    await until(async () => (await client.list(jobs, { namespace })).items.length === 0);
    await client.create(jobs, job('pack'));
    const isFree = ({ metadata }: Pod) => metadata.uid !== old?.metadata.uid || !metadata.finalizers?.length;
    await until(async () => {
      const all = await podsOf(client);
      return all.length === (propagationPolicy === 'Orphan' ? 2 : 1) && all.every(isFree);
    });
    const others = (await podsOf(client)).filter(({ metadata }) => metadata.uid !== old?.metadata.uid);
    expect(others.map(({ metadata }) => metadata.finalizers)).toEqual([[JOB_TRACKING]]);
  },
);
