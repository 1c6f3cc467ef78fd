import type { Client, ResourceRef } from '../client/client.ts';
import { controllerOf, ownerReferenceTo } from '../objects/owner-refs.ts';
import { matchesLabels } from '../objects/selector.ts';
import type { KubeObject, LabelSelector } from '../objects/types.ts';

/**
 * The objects that an owner controls. Orphans that its selector matches are adopted; those that it controls
 * but its selector no longer matches are let go, so that a relabelled pod can be studied while its place is filled.
 * @param finalizer what is adopted bears from then on, and what is let go no more
 */
export async function claim<T extends KubeObject>(
  client: Client,
  ref: ResourceRef<T>,
  owner: KubeObject,
  selector: LabelSelector | undefined,
  candidates: readonly T[],
  finalizer?: string,
): Promise<T[]> {
  const claimed: T[] = [];
  for (const object of candidates) {
    if (object.metadata.namespace !== owner.metadata.namespace) continue;
    const controller = controllerOf(object);
    if (controller && controller.uid !== owner.metadata.uid) continue;
    const matches = matchesLabels(selector, object.metadata.labels);
    if (controller && (matches || owner.metadata.deletionTimestamp)) {
      claimed.push(object);
      continue;
    }
    if (!controller && (!matches || owner.metadata.deletionTimestamp || object.metadata.deletionTimestamp)) continue;
    const others = (object.metadata.ownerReferences ?? []).filter((reference) => reference.uid !== owner.metadata.uid);
    const ownerReferences = matches ? [...others, ownerReferenceTo(owner)] : others;
    const unmarked = (object.metadata.finalizers ?? []).filter((one) => one !== finalizer);
    const finalizers = finalizer !== undefined && { finalizers: matches ? [...unmarked, finalizer] : unmarked };
    const patched = await patchMetadata(client, ref, object, { ownerReferences, ...finalizers });
    if (matches) claimed.push(patched);
  }
  return claimed;
}

function patchMetadata<T extends KubeObject>(
  client: Client,
  ref: ResourceRef<T>,
  object: T,
  changes: Pick<KubeObject['metadata'], 'ownerReferences' | 'finalizers'>,
): Promise<T> {
  const { name = '', namespace, resourceVersion } = object.metadata;
  // The version makes it a Conflict when someone else adopted the object meanwhile.
  return client.patch(ref, name, { metadata: { ...changes, resourceVersion } }, { namespace });
}
