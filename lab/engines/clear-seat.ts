import type { Clock } from '../../lib/clock.ts';
import { isNotFound } from '../../lib/kube/kube-error.ts';
import type { Kube } from '../../lib/kube/kube.ts';
import { collectionPath, objectPath, type Addressable } from '../../lib/kube/paths.ts';
import { extraKinds, removeExtras, removeWorkloads, workloadKinds } from '../session/deploy.ts';

type Listed = { metadata: { name: string; namespace: string } };

/** What runs, or is stored, in the namespaces: all that a lab or a trainee makes there, and what others may have made. */
export async function objectsIn(kube: Kube, namespaces: readonly string[]): Promise<Addressable[]> {
  const kinds = [...workloadKinds, ...extraKinds, ['v1', 'PersistentVolumeClaim'], ['v1', 'Pod']] as const;
  const lists = await Promise.all(
    namespaces.flatMap((namespace) => kinds.map(([apiVersion, kind]) => list(kube, apiVersion, kind, namespace))),
  );
  return lists.flat().filter(({ metadata }) => metadata.name !== 'kube-root-ca.crt');
}

async function list(kube: Kube, apiVersion: string, kind: string, namespace: string): Promise<Addressable[]> {
  try {
    const items = await kube.list<Listed>(collectionPath(apiVersion, kind, namespace));
    return items.map(({ metadata: { name } }) => ({ apiVersion, kind, metadata: { name, namespace } }));
  } catch (error) {
    // A cluster may lack a kind.
    if (isNotFound(error)) return [];
    throw error;
  }
}

/** What `scripts/observability.ts` brings besides workloads and configuration. */
const stackKinds = [
  ['rbac.authorization.k8s.io/v1', 'RoleBinding'],
  ['rbac.authorization.k8s.io/v1', 'Role'],
  ['v1', 'ServiceAccount'],
] as const;
const stackLabel = 'app.kubernetes.io/part-of=brokenprod-observability';

/** Removes from the namespaces everything but what stood there before. */
export async function clearSeat(
  kube: Kube,
  namespaces: readonly string[],
  kept: readonly Addressable[],
  waiting: { clock: Clock; signal: AbortSignal },
): Promise<void> {
  const keptPaths = new Set(kept.map((object) => objectPath(object)));
  for (const namespace of namespaces) {
    await removeWorkloads(kube, namespace, waiting);
    await removeExtras(kube, namespace, kept);
    await removeStackRights(kube, namespace);
    const claims = await list(kube, 'v1', 'PersistentVolumeClaim', namespace);
    await Promise.all(
      claims
        .map((claim) => objectPath(claim))
        .filter((path) => !keptPaths.has(path))
        .map((path) => kube.delete(path)),
    );
  }
}

/** Whoever may not look at roles has not brought the stack. */
async function removeStackRights(kube: Kube, namespace: string): Promise<void> {
  for (const [apiVersion, kind] of stackKinds) {
    const collection = collectionPath(apiVersion, kind, namespace);
    const response = await kube.request('GET', collection, { query: { labelSelector: stackLabel } });
    const { items = [] } = response.status < 300 ? response.json<{ items?: Listed[] }>() : {};
    await Promise.all(items.map(({ metadata }) => kube.delete(`${collection}/${metadata.name}`)));
  }
}
