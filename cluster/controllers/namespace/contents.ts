import type { Client, ResourceRef } from '../../client/client.ts';
import * as resources from '../../client/resources.ts';
import { storedKinds } from '../../objects/kinds/index.ts';
import { isStatusError } from '../../objects/status-error.ts';
import type { KubeObject } from '../../objects/types.ts';
import type { Remains } from './conditions.ts';

/** These go before what they own, or they would try to make it anew. */
const makers: readonly ResourceRef[] = [
  resources.horizontalPodAutoscalers,
  resources.cronJobs,
  resources.jobs,
  resources.deployments,
  resources.replicaSets,
  resources.replicationControllers,
  resources.statefulSets,
  resources.daemonSets,
];

/** All that a namespace can hold; events last, as the end of the others makes more of them. */
const contents: readonly ResourceRef[] = [
  ...makers,
  ...storedKinds.filter(
    ({ namespaced, kind }) => namespaced && kind !== 'Event' && !makers.some((maker) => maker.kind === kind),
  ),
  resources.events,
];

/** Deletes all that a namespace holds, and says what is left because it has finalizers or takes its time to end. */
export async function removeContents(client: Client, namespace: string): Promise<Remains> {
  const objects = new Map<string, number>();
  const finalizers = new Map<string, number>();
  for (const ref of contents) {
    for (const { metadata } of await removeAll(client, ref, namespace)) {
      countUp(objects, `${ref.resource}.${ref.group}`);
      for (const finalizer of metadata.finalizers ?? []) countUp(finalizers, finalizer);
    }
  }
  return { objects, finalizers };
}

async function removeAll(client: Client, ref: ResourceRef, namespace: string): Promise<readonly KubeObject[]> {
  const { items } = await client.list(ref, { namespace });
  if (items.length === 0) return [];
  for (const item of items) if (!item.metadata.deletionTimestamp) await remove(client, ref, item);
  return (await client.list(ref, { namespace })).items;
}

async function remove(client: Client, ref: ResourceRef, { metadata }: KubeObject): Promise<void> {
  const { name = '', namespace, uid } = metadata;
  try {
    await client.delete(ref, name, { namespace, uid, propagationPolicy: 'Background' });
  } catch (error) {
    if (!isStatusError(error, 'NotFound')) throw error;
  }
}

function countUp(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
