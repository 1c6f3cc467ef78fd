import type { Kube } from '../../lib/kube/kube.ts';
import { collectionPath } from '../../lib/kube/paths.ts';
import type { TrailEntry } from './trail.ts';

const kinds = [
  ['apps/v1', 'Deployment', 'deployments.apps'],
  ['v1', 'Service', 'services'],
  ['v1', 'ConfigMap', 'configmaps'],
] as const;

/** One who writes to objects as a matter of course is no person. */
const machinery = /controller|^k3s$|^kubelet$|^deploy@/;

interface ManagedObject {
  metadata: {
    name: string;
    namespace: string;
    managedFields?: { manager?: string; time?: string; subresource?: string }[];
  };
}

/**
 * What people changed, on a cluster whose audit log is not the lab's to read: the objects themselves keep who wrote to
 * them last, and when. Earlier changes by the same program, and what was only looked at, are not known.
 */
export async function readObjectTrail(kube: Kube, namespace: string, sinceMs: number): Promise<TrailEntry[]> {
  const lists = await Promise.all(
    kinds.map(async ([apiVersion, kind, resource]) => {
      const objects = await kube.list<ManagedObject>(collectionPath(apiVersion, kind, namespace));
      return objects.flatMap((object) => changesOf(object, resource));
    }),
  );
  return lists
    .flat()
    .filter(({ atMs }) => atMs > sinceMs)
    .toSorted((one, other) => one.atMs - other.atMs);
}

export function changesOf({ metadata }: ManagedObject, resource: string): TrailEntry[] {
  const { name, namespace, managedFields = [] } = metadata;
  return managedFields.flatMap(({ manager = '', time, subresource }) => {
    if (!time || (subresource && subresource !== 'scale') || machinery.test(manager)) return [];
    return [{ atMs: Date.parse(time), userAgent: manager, verb: 'patch', resource, namespace, name, code: 200 }];
  });
}
