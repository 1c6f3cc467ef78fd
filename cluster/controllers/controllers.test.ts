/** The controllers together, against the real API server in the same process. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Client } from '../client/client.ts';
import * as resources from '../client/resources.ts';
import { isStatusError } from '../objects/status-error.ts';
import type { Deployment, Pod, ReplicaSet } from '../objects/types.ts';
import { startTestCluster, type TestCluster } from './test-cluster.ts';

const namespace = 'shop';

function deployment(name: string, spec: Record<string, unknown> = {}): Deployment {
  const template = { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'app', image: 'shop:1' }] } };
  const selector = { matchLabels: { app: name } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: { replicas: 2, selector, template, ...spec },
  };
}

/** A cluster with the namespace and, if wanted, a deployment that is complete. */
async function startShop(complete?: Deployment): Promise<TestCluster> {
  const cluster = await startTestCluster();
  const { client, until } = cluster;
  await client.create(resources.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await until(async () => await exists(client.get(resources.serviceAccounts, 'default', namespace)));
  if (complete) {
    await client.create(resources.deployments, complete);
    await until(() => isComplete(client, complete.metadata.name ?? ''));
  }
  return cluster;
}

async function exists(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (isStatusError(error, 'NotFound')) return false;
    throw error;
  }
}

async function isComplete(client: Client, name: string): Promise<boolean> {
  const { status, spec, metadata } = await client.get(resources.deployments, name, namespace);
  const counts = [status?.replicas, status?.updatedReplicas, status?.availableReplicas];
  return status?.observedGeneration === metadata.generation && counts.every((count) => count === spec?.replicas);
}

async function setImage(client: Client, name: string, image: string): Promise<void> {
  const spec = { template: { spec: { containers: [{ name: 'app', image }] } } };
  const contentType = 'application/strategic-merge-patch+json';
  await client.patch(resources.deployments, name, { spec }, { namespace, contentType });
}

async function podsOf(client: Client, labelSelector?: string): Promise<Pod[]> {
  return (await client.list(resources.pods, { namespace, labelSelector })).items;
}

function imageOf(object: Pod | ReplicaSet): string | undefined {
  const spec = object.kind === 'Pod' ? (object as Pod).spec : (object as ReplicaSet).spec?.template?.spec;
  return spec?.containers[0]?.image;
}

function progress({ status }: Deployment): string | undefined {
  return status?.conditions?.find(({ type }) => type === 'Progressing')?.reason;
}

describe('a deployment', () => {
  it('survives a bad roll-out with its old pods, and comes back by undo under a new revision', async () => {
    await using cluster = await startShop(deployment('web', { progressDeadlineSeconds: 30 }));
    const { client, until } = cluster;
    cluster.kubelet.becomesReady = (pod) => imageOf(pod) === 'shop:1';
    await setImage(client, 'web', 'shop:2');
    await until(async () => (await podsOf(client)).length === 3);
    await cluster.advance(5_000);
    const during = await client.get(resources.deployments, 'web', namespace);
    expect(during.status).toMatchObject({
      replicas: 3,
      updatedReplicas: 1,
      availableReplicas: 2,
      unavailableReplicas: 1,
    });
    expect(progress(during)).toBe('ReplicaSetUpdated');

    await cluster.advance(35_000);
    const overdue = await client.get(resources.deployments, 'web', namespace);
    expect(progress(overdue)).toBe('ProgressDeadlineExceeded');

    await setImage(client, 'web', 'shop:1');
    await until(() => isComplete(client, 'web'));
    const repaired = await client.get(resources.deployments, 'web', namespace);
    expect(repaired.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3');
    expect(progress(repaired)).toBe('NewReplicaSetAvailable');
    const { items: replicaSets } = await client.list(resources.replicaSets, { namespace });
    const [first, second] = ['shop:1', 'shop:2'].map((image) => {
      return replicaSets.find((replicaSet) => imageOf(replicaSet) === image)?.metadata.name;
    });
    expect(await cluster.eventTexts('web', 'ScalingReplicaSet')).toEqual([
      `Scaled up replica set ${first} from 0 to 2`,
      `Scaled up replica set ${second} from 0 to 1`,
      `Scaled down replica set ${second} from 1 to 0`,
    ]);
    expect(cluster.errors).toEqual([]);
  });

  it('never has fewer available pods than its limits allow while it rolls', async () => {
    await using cluster = await startShop(deployment('web', { replicas: 8 }));
    const { client } = cluster;
    await setImage(client, 'web', 'shop:2');
    let fewest = 8;
    await cluster.until(async () => {
      const live = (await podsOf(client)).filter(({ metadata }) => !metadata.deletionTimestamp);
      expect(live.length).toBeLessThanOrEqual(10);
      fewest = Math.min(fewest, live.filter(({ status }) => status?.phase === 'Running').length);
      return isComplete(client, 'web');
    });
    expect(fewest).toBeGreaterThanOrEqual(6);
    expect(new Set((await podsOf(client)).map(imageOf))).toEqual(new Set(['shop:2']));
  });

  it('waits for old pods to end before it recreates', async () => {
    await using cluster = await startShop(deployment('web', { strategy: { type: 'Recreate' } }));
    const { client } = cluster;
    await setImage(client, 'web', 'shop:2');
    let mostImages = 0;
    await cluster.until(async () => {
      const images = new Set((await podsOf(client)).map(imageOf));
      mostImages = Math.max(mostImages, images.size);
      return images.has('shop:2') && (await isComplete(client, 'web'));
    });
    expect(mostImages).toBe(1);
  });
});

describe('a replica set', () => {
  it('replaces a pod that is relabelled, and lets go of it', async () => {
    await using cluster = await startShop(deployment('web'));
    const { client, until } = cluster;
    const [pod] = await podsOf(client);
    const name = pod?.metadata.name ?? '';
    await client.patch(resources.pods, name, { metadata: { labels: { app: null } } }, { namespace });
    await until(async () => (await podsOf(client, 'app=web')).length === 2);
    const released = await client.get(resources.pods, name, namespace);
    expect(released.metadata.ownerReferences ?? []).toEqual([]);
    expect(await podsOf(client)).toHaveLength(3);
  });

  it('creates exactly as many pods as it is asked for, however often it is scaled', async () => {
    await using cluster = await startShop(deployment('web'));
    const { client, until } = cluster;
    for (const replicas of [30, 3, 20, 5]) {
      await client.patch(resources.deployments, 'web', { spec: { replicas } }, { namespace });
      await until(() => isComplete(client, 'web'));
      const { items } = await client.list(resources.pods, { namespace });
      expect(items.filter(({ metadata }) => !metadata.deletionTimestamp)).toHaveLength(replicas);
    }
    const [replicaSet] = (await client.list(resources.replicaSets, { namespace })).items;
    expect(replicaSet?.status).toMatchObject({ replicas: 5, readyReplicas: 5, availableReplicas: 5 });
  });

  it('says why it cannot create pods, and recovers by itself', async () => {
    await using cluster = await startShop();
    const { client, until } = cluster;
    const wanted = deployment('web');
    if (wanted.spec?.template?.spec) wanted.spec.template.spec.serviceAccountName = 'robot';
    await client.create(resources.deployments, wanted);
    const failure = async () => {
      const { status } = await client.get(resources.deployments, 'web', namespace);
      return status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
    };
    await until(async () => (await failure()) !== undefined);
    expect(await failure()).toMatchObject({ status: 'True', reason: 'FailedCreate' });
    expect((await failure())?.message).toMatch(
      /^pods "web-.*" is forbidden: error looking up service account shop\/robot/,
    );

    const robot = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot', namespace } };
    await client.create(resources.serviceAccounts, robot);
    await until(() => isComplete(client, 'web'), 60_000);
    expect(await failure()).toBeUndefined();
  });
});

describe('deleting', () => {
  it('in the foreground ends the pods first, then the replica set, then the deployment', async () => {
    await using cluster = await startShop(deployment('web'));
    const { client, until } = cluster;
    await client.delete(resources.deployments, 'web', { namespace, propagationPolicy: 'Foreground' });
    let lastSeenPods = -1;
    await until(async () => {
      const isThere = await exists(client.get(resources.deployments, 'web', namespace));
      lastSeenPods = (await podsOf(client)).length;
      return !isThere;
    });
    expect(lastSeenPods).toBe(0);
  });

  it('in the background leaves nothing behind', async () => {
    await using cluster = await startShop(deployment('web'));
    const { client, until } = cluster;
    await client.delete(resources.deployments, 'web', { namespace, propagationPolicy: 'Background' });
    await until(async () => (await podsOf(client)).length === 0);
    expect((await client.list(resources.replicaSets, { namespace })).items).toEqual([]);
  });

  it('as orphans keeps the pods running, and a new deployment takes them over', async () => {
    await using cluster = await startShop(deployment('web'));
    const { client, until } = cluster;
    const before = (await podsOf(client)).map(({ metadata }) => metadata.uid);
    await client.delete(resources.deployments, 'web', { namespace, propagationPolicy: 'Orphan' });
    await until(async () => !(await exists(client.get(resources.deployments, 'web', namespace))));
    await client.create(resources.deployments, deployment('web'));
    await until(() => isComplete(client, 'web'));
    expect((await podsOf(client)).map(({ metadata }) => metadata.uid)).toEqual(before);
  });

  it('a namespace takes all its contents along', async () => {
    await using cluster = await startShop(deployment('web'));
    const { client, until } = cluster;
    await client.delete(resources.namespaces, namespace);
    await until(async () => !(await exists(client.get(resources.namespaces, namespace))));
    const lists = [resources.pods, resources.replicaSets, resources.configMaps, resources.serviceAccounts];
    for (const ref of lists) expect((await client.list(ref, { namespace })).items).toEqual([]);
    expect(cluster.errors).toEqual([]);
  });
});

describe('a namespace that cannot go', () => {
  it('says what holds it', async () => {
    await using cluster = await startShop(deployment('web', { replicas: 1 }));
    const { client, until } = cluster;
    const [pod] = await podsOf(client);
    const name = pod?.metadata.name ?? '';
    await client.patch(resources.pods, name, { metadata: { finalizers: ['example.com/hold'] } }, { namespace });
    await client.delete(resources.namespaces, namespace);
    const messages = async () => {
      const { status } = await client.get(resources.namespaces, namespace);
      return status?.conditions?.filter((one) => one.status === 'True').map(({ message }) => message);
    };
    await until(async () => (await messages())?.length === 2);
    expect(await messages()).toEqual([
      'Some resources are remaining: pods. has 1 resource instances',
      'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
    ]);
    await client.patch(resources.pods, name, { metadata: { finalizers: null } }, { namespace });
    await until(async () => !(await exists(client.get(resources.namespaces, namespace))));
  });
});

describe('a volume', () => {
  it('is made where the first pod goes, and its data goes with the claim', async () => {
    await using cluster = await startShop();
    const { client, until, volumesDir } = cluster;
    await client.create(resources.persistentVolumeClaims, {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data', namespace },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    });
    await until(async () => (await cluster.eventTexts('data', 'WaitForFirstConsumer')).length === 1);
    await client.create(resources.pods, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'db', namespace },
      spec: {
        containers: [{ name: 'db', image: 'shop:1' }],
        volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
      },
    });
    await until(async () => (await client.get(resources.pods, 'db', namespace)).status?.phase === 'Running');
    for (const reason of ['ExternalProvisioning', 'Provisioning', 'ProvisioningSucceeded']) {
      expect(await cluster.eventTexts('data', reason)).toHaveLength(1);
    }
    const { status, spec } = await client.get(resources.persistentVolumeClaims, 'data', namespace);
    expect(status).toMatchObject({ phase: 'Bound', capacity: { storage: '1Gi' } });
    const { spec: volume } = await client.get(resources.persistentVolumes, spec?.volumeName ?? '');
    expect(existsSync(volume?.hostPath?.path ?? '')).toBe(true);

    await client.delete(resources.persistentVolumeClaims, 'data', { namespace });
    await cluster.advance(1_000);
    expect(await exists(client.get(resources.persistentVolumeClaims, 'data', namespace))).toBe(true);
    await client.delete(resources.pods, 'db', { namespace });
    await until(async () => (await client.list(resources.persistentVolumes)).items.length === 0);
    expect(await readdir(volumesDir)).toEqual([]);
  });
});
