import type { Kube } from '../../lib/kube/kube.ts';
import { collectionPath } from '../../lib/kube/paths.ts';

interface Stuck {
  metadata: { name: string; namespace?: string };
  spec: { selector?: { matchLabels?: Record<string, string> } };
  status?: { conditions?: { type: string; status: string; message?: string }[] };
}

interface Pod {
  status?: {
    conditions?: { type: string; status: string; message?: string }[];
    containerStatuses?: {
      state?: { waiting?: { reason?: string; message?: string } };
      lastState?: { terminated?: { reason?: string; exitCode: number } };
    }[];
  };
}

/** Why a Deployment is not there yet, as far as the cluster says it: a quota, an image, a node with room. */
export interface Obstacle {
  why: string;
  /** Waiting alone does not remove it. */
  isLasting: boolean;
}

/** What a Deployment waits for; undefined when the cluster says nothing. */
export async function findObstacle(kube: Kube, deployment: Stuck): Promise<Obstacle | undefined> {
  const { namespace = 'default' } = deployment.metadata;
  const failure = deployment.status?.conditions?.find(
    ({ type, status }) => type === 'ReplicaFailure' && status === 'True',
  );
  if (failure?.message) return { why: failure.message, isLasting: true };
  const labels = Object.entries(deployment.spec.selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const pods = await kube.list<Pod>(collectionPath('v1', 'Pod', namespace), { labelSelector: labels.join(',') });
  return pods.map(obstacleOf).find((obstacle) => obstacle !== undefined);
}

/** As many as fit a sentence. */
const mostDescribed = 3;

/** The names of Deployments, the first ones with what keeps them. */
export async function describeObstacles(kube: Kube, deployments: readonly Stuck[]): Promise<string[]> {
  const described = deployments.slice(0, mostDescribed).map(async (deployment) => {
    const { name } = deployment.metadata;
    const obstacle = await findObstacle(kube, deployment).catch(() => undefined);
    return obstacle ? `${name} (${obstacle.why.slice(0, 300)})` : name;
  });
  const more = deployments.length - mostDescribed;
  return [...(await Promise.all(described)), ...(more > 0 ? [`and ${more} more`] : [])];
}

const lastingReasons = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'CreateContainerConfigError',
]);

export function obstacleOf({ status }: Pod): Obstacle | undefined {
  const unscheduled = status?.conditions?.find(({ type, status: is }) => type === 'PodScheduled' && is === 'False');
  // Where nodes come when they are needed, one may be on its way.
  if (unscheduled?.message) return { why: unscheduled.message, isLasting: false };
  for (const { state, lastState } of status?.containerStatuses ?? []) {
    const { reason, message } = state?.waiting ?? {};
    if (reason && reason !== 'ContainerCreating') {
      return { why: message ? `${reason}: ${message}` : reason, isLasting: lastingReasons.has(reason) };
    }
    const end = lastState?.terminated;
    if (end) {
      const why = `its container ended: ${end.reason ?? 'Error'}, exit code ${end.exitCode}`;
      return { why, isLasting: false };
    }
  }
  return undefined;
}
