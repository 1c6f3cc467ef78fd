import { sleep, type Clock } from '../../lib/clock.ts';
import { applyObject, type Manifest } from '../../lib/kube/apply.ts';
import { KubeError } from '../../lib/kube/kube-error.ts';
import type { Kube } from '../../lib/kube/kube.ts';
import { collectionPath, objectPath, type Addressable } from '../../lib/kube/paths.ts';
import { LabError } from '../errors.ts';
import { describeObstacles, findObstacle } from './obstacle.ts';

interface Waiting {
  clock: Clock;
  signal: AbortSignal;
}

interface Named {
  metadata: { name: string; namespace?: string; deletionTimestamp?: string };
}

export interface DeploymentStatus extends Named {
  metadata: Named['metadata'] & { generation?: number };
  spec: { replicas?: number; selector?: { matchLabels?: Record<string, string> } };
  status?: {
    observedGeneration?: number;
    updatedReplicas?: number;
    availableReplicas?: number;
    conditions?: { type: string; status: string; message?: string }[];
  };
}

const lookEveryMs = 50;
const availableWithinMs = 60_000;
const obstaclesEveryMs = 3_000;
/** Longer than a registry's hiccup, and shorter than anybody should wait for nothing. */
const heldUpForMs = 30_000;
const removedWithinMs = 15_000;
/** Long enough for a drain of an idle service, short enough for a trainee who waits. */
const podGraceS = 1;

/** What bounds others must be there before them, and so must what pods are made of: Services stand in their environment. */
const firstKinds = [
  ['Namespace'],
  ['ResourceQuota', 'LimitRange'],
  ['ConfigMap', 'PersistentVolumeClaim', 'Secret', 'Service', 'ServiceAccount'],
];

/**
 * Applies the objects as `kubectl apply` would; namespaces before what lives in them, quotas before what they bound,
 * pods after what they use.
 * @throws LabError DEPLOY_FAILED naming the object that was refused
 */
export async function applyManifests(kube: Kube, manifests: readonly Manifest[]): Promise<void> {
  for (const kinds of firstKinds) {
    await applyAll(
      kube,
      manifests.filter(({ kind }) => kinds.includes(kind)),
    );
  }
  const first = firstKinds.flat();
  await applyAll(
    kube,
    manifests.filter(({ kind }) => !first.includes(kind)),
  );
}

async function applyAll(kube: Kube, manifests: readonly Manifest[]): Promise<void> {
  await Promise.all(
    manifests.map(async (manifest) => {
      try {
        await (manifest.kind === 'PersistentVolumeClaim' ? claimVolume(kube, manifest) : applyObject(kube, manifest));
      } catch (error) {
        const what = `${manifest.kind} ${manifest.metadata.name}`;
        throw new LabError('DEPLOY_FAILED', { what, why: (error as Error).message }, { cause: error });
      }
    }),
  );
}

/** A claim cannot be changed once it is bound, and what it holds is to stay. */
async function claimVolume(kube: Kube, claim: Manifest): Promise<void> {
  const response = await kube.request('GET', objectPath(claim));
  if (response.status === 404) await applyObject(kube, claim);
}

/**
 * Waits until every Deployment of the namespaces runs as it should.
 * @param patience how many times longer than usual it may take
 * @throws LabError NOT_AVAILABLE naming those that do not
 */
export async function waitAvailable(
  kube: Kube,
  namespaces: readonly string[],
  { clock, signal }: Waiting,
  patience = 1,
): Promise<number> {
  const beganAt = clock.now();
  let askAt = beganAt + obstaclesEveryMs;
  let heldUpSince: number | undefined;
  for (;;) {
    const lists = await Promise.all(
      namespaces.map((namespace) => kube.list<DeploymentStatus>(collectionPath('apps/v1', 'Deployment', namespace))),
    );
    const deployments = lists.flat();
    const open = deployments.filter((deployment) => !isAvailable(deployment));
    if (open.length === 0) return deployments.length;
    const now = clock.now();
    if (now >= askAt) {
      askAt = now + obstaclesEveryMs;
      heldUpSince = (await isHeldUp(kube, open)) ? (heldUpSince ?? now) : undefined;
    }
    const isHopeless = heldUpSince !== undefined && now - heldUpSince >= heldUpForMs;
    if (isHopeless || now - beganAt >= availableWithinMs * patience) {
      const workloads = await describeObstacles(kube, open);
      throw new LabError('NOT_AVAILABLE', { workloads, seconds: Math.round((now - beganAt) / 1000) });
    }
    await sleep(clock, lookEveryMs, signal);
  }
}

/** Whether something keeps one of them that waiting does not remove: a quota, an image that nobody has. */
async function isHeldUp(kube: Kube, deployments: readonly DeploymentStatus[]): Promise<boolean> {
  const obstacles = await Promise.all(deployments.map((deployment) => findObstacle(kube, deployment)));
  return obstacles.some((obstacle) => obstacle?.isLasting);
}

/** Whether the newest revision, and all of it, serves. */
export function isAvailable({ metadata, spec, status }: DeploymentStatus): boolean {
  const wanted = spec.replicas ?? 1;
  return (
    (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0) &&
    (status?.updatedReplicas ?? 0) >= wanted &&
    (status?.availableReplicas ?? 0) >= wanted
  );
}

/** What owns pods, in the order in which it must go so that nothing is made anew. */
export const workloadKinds = [
  ['batch/v1', 'CronJob'],
  ['batch/v1', 'Job'],
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'StatefulSet'],
  ['apps/v1', 'DaemonSet'],
  ['apps/v1', 'ReplicaSet'],
] as const;

/** Removes everything that runs in the namespace and waits until it is gone; data volumes stay. */
export async function removeWorkloads(kube: Kube, namespace: string, { clock, signal }: Waiting): Promise<void> {
  for (const [apiVersion, kind] of workloadKinds) {
    await removeAll(kube, collectionPath(apiVersion, kind, namespace), () => true);
  }
  const pods = collectionPath('v1', 'Pod', namespace);
  const deadline = clock.now() + removedWithinMs;
  for (;;) {
    const gracePeriodSeconds = clock.now() < deadline - removedWithinMs / 2 ? podGraceS : 0;
    const left = await removeAll(kube, pods, ({ metadata }) => !metadata.deletionTimestamp || !gracePeriodSeconds, {
      gracePeriodSeconds,
    });
    if (left === 0) return;
    if (clock.now() >= deadline) {
      throw new LabError('DEPLOY_FAILED', { what: 'The broken state', why: `${left} old pods do not go away` });
    }
    await sleep(clock, lookEveryMs, signal);
  }
}

/** What a trainee may have added and what a healthy start does not have. */
export const extraKinds = [
  ['v1', 'Service'],
  ['v1', 'ConfigMap'],
  ['v1', 'Secret'],
  ['v1', 'ResourceQuota'],
  ['v1', 'LimitRange'],
  ['networking.k8s.io/v1', 'NetworkPolicy'],
  ['networking.k8s.io/v1', 'Ingress'],
  ['policy/v1', 'PodDisruptionBudget'],
  ['autoscaling/v2', 'HorizontalPodAutoscaler'],
] as const;

/** Removes what is neither in the given objects nor the cluster's own. */
export async function removeExtras(kube: Kube, namespace: string, objects: readonly Addressable[]): Promise<void> {
  const kept = new Set(objects.map((object) => objectPath(object)));
  await Promise.all(
    extraKinds.map(([apiVersion, kind]) => {
      const collection = collectionPath(apiVersion, kind, namespace);
      return removeAll(kube, collection, ({ metadata: { name } }) => {
        return !kept.has(`${collection}/${name}`) && name !== 'kube-root-ca.crt' && name !== 'kubernetes';
      });
    }),
  );
}

/** Deletes what matches and returns how many objects there were; a kind that the cluster does not know has none. */
async function removeAll(
  kube: Kube,
  collection: string,
  matches: (object: Named) => boolean,
  options: { gracePeriodSeconds?: number } = {},
): Promise<number> {
  try {
    const objects = await kube.list<Named>(collection);
    const doomed = objects.filter(matches);
    await Promise.all(
      doomed.map(({ metadata }) =>
        kube.delete(`${collection}/${metadata.name}`, { propagationPolicy: 'Background', ...options }),
      ),
    );
    return objects.length;
  } catch (error) {
    if (error instanceof KubeError && error.status === 404) return 0;
    throw error;
  }
}
