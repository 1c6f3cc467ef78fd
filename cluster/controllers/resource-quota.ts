/** ResourceQuota: keeps `status.used` in step with what there is. Admission counts for itself. */
import { isDeepStrictEqual } from 'node:util';
import type { ResourceRef } from '../client/client.ts';
import { keyOf, type Controller, type Watch } from '../client/controller.ts';
import * as resources from '../client/resources.ts';
import { kinds } from '../objects/kinds/index.ts';
import { consumerOf } from '../objects/quota/names.ts';
import { isInScope } from '../objects/quota/scopes.ts';
import { addUsage, usageOf } from '../objects/quota/usage.ts';
import type { KubeObject, ResourceQuota } from '../objects/types.ts';
import type { ControllerContext } from './context.ts';
import { keysBeside } from './owner-keys.ts';

/** A change of one of these recounts at once; of other kinds, after `recountMs`. */
const watched: readonly ResourceRef[] = [
  resources.pods,
  resources.services,
  resources.persistentVolumeClaims,
  resources.configMaps,
  resources.secrets,
  resources.deployments,
  resources.replicaSets,
];
const recountMs = 5_000;

export function createResourceQuotaController({ client, informers }: ControllerContext): Controller {
  const quotaInformer = informers.for(resources.resourceQuotas);

  async function reconcile(key: string): Promise<{ requeueAfterMs: number } | void> {
    const quota = quotaInformer.get(key);
    if (!quota || quota.metadata.deletionTimestamp) return undefined;
    const hard = quota.spec?.hard ?? {};
    const consumers = [...new Set(Object.keys(hard).map(consumerOf))];
    const counted = await Promise.all(consumers.map((resource) => objectsOf(resource, quota)));
    const used = usedOf(quota, new Map(consumers.map((resource, index) => [resource, counted[index] ?? []])));
    const status = { hard, used };
    if (!isDeepStrictEqual(quota.status, status))
      await client.updateStatus(resources.resourceQuotas, { ...quota, status });
    const isUnwatched = consumers.some((resource) => !watched.some((ref) => nameOf(ref) === resource));
    return isUnwatched ? { requeueAfterMs: recountMs } : undefined;
  }

  async function objectsOf(resource: string, { metadata }: ResourceQuota): Promise<readonly KubeObject[]> {
    const ref = kinds.find((kind) => nameOf(kind) === resource && kind.namespaced);
    return ref ? (await client.list(ref, { namespace: metadata.namespace })).items : [];
  }

  const keysOf = (object: KubeObject) => keysBeside(quotaInformer, object);
  return {
    name: 'resource-quota',
    watches: [
      { informer: quotaInformer, keysOf: (quota: ResourceQuota) => [keyOf(quota)] },
      ...watched.map((ref): Watch => ({ informer: informers.for(ref), keysOf })),
    ],
    reconcile,
  };
}

/** What a quota counts, for each of the names that it limits. */
export function usedOf(
  quota: ResourceQuota,
  objects: ReadonlyMap<string, readonly KubeObject[]>,
): Record<string, string> {
  const usages = [...objects].flatMap(([resource, all]) =>
    all.filter((object) => isInScope(quota, resource, object)).map((object) => usageOf(resource, object)),
  );
  const total = addUsage(usages);
  return Object.fromEntries(Object.keys(quota.spec?.hard ?? {}).map((name) => [name, total[name] ?? '0']));
}

function nameOf({ group, resource }: { group: string; resource: string }): string {
  return group ? `${resource}.${group}` : resource;
}
