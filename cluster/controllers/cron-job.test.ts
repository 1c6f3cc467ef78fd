import { expect, it } from 'vitest';
import { cronJobs, jobs, namespaces } from '../client/resources.ts';
import { startTestCluster } from './test-cluster.ts';

const namespace = 'shop';
const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'w', image: 'tidy:1' }] } };

it('a CronJob says which of its Jobs went missing, and does not miss those that it replaced', async () => {
  await using cluster = await startTestCluster();
  const { client, until } = cluster;
  const eventTexts = (name: string, reason: string) => cluster.eventTexts(name, reason);
  await client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await client.create(cronJobs, {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'tidy', namespace },
    spec: { schedule: '* * * * *', concurrencyPolicy: 'Replace', jobTemplate: { spec: { template } } },
  });
  const isReplaced = async () => (await eventTexts('tidy', 'SuccessfulDelete')).length === 1;
  const active = async () => (await client.get(cronJobs, 'tidy', namespace)).status?.active ?? [];
  await until(async () => (await isReplaced()) && (await active()).length === 1, 200_000);
  expect(await eventTexts('tidy', 'MissingJob')).toEqual([]);
  const [current] = await active();
  await client.delete(jobs, current?.name ?? '', { namespace, propagationPolicy: 'Background' });
  await until(async () => (await eventTexts('tidy', 'MissingJob')).length === 1);
  expect(await eventTexts('tidy', 'MissingJob')).toEqual([`Active job went missing: ${current?.name}`]);
});
