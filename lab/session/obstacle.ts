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

/** A Deployment's name and, as far as the cluster says it, what it waits for: a quota, an image, a node with room. */
export async function describeObstacle(kube: Kube, deployment: Stuck): Promise<string> {
  const { name, namespace = 'default' } = deployment.metadata;
  const failure = deployment.status?.conditions?.find(
    ({ type, status }) => type === 'ReplicaFailure' && status === 'True',
  );
  const why = failure?.message ?? (await podObstacle(kube, namespace, deployment).catch(() => undefined));
  return why ? `${name} (${why.slice(0, 300)})` : name;
}

async function podObstacle(kube: Kube, namespace: string, { spec }: Stuck): Promise<string | undefined> {
  const labels = Object.entries(spec.selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const pods = await kube.list<Pod>(collectionPath('v1', 'Pod', namespace), { labelSelector: labels.join(',') });
  return pods.map(obstacleOf).find((obstacle) => obstacle !== undefined);
}

export function obstacleOf({ status }: Pod): string | undefined {
  const unscheduled = status?.conditions?.find(({ type, status: is }) => type === 'PodScheduled' && is === 'False');
  if (unscheduled) return unscheduled.message;
  for (const { state, lastState } of status?.containerStatuses ?? []) {
    const { reason, message } = state?.waiting ?? {};
    if (reason && reason !== 'ContainerCreating') return message ? `${reason}: ${message}` : reason;
    const end = lastState?.terminated;
    if (end) return `its container ended: ${end.reason ?? 'Error'}, exit code ${end.exitCode}`;
  }
  return undefined;
}
