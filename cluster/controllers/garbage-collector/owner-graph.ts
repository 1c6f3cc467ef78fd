/** Who owns whom, as the informers show it. */
import type { Client, ResourceRef } from '../../client/client.ts';
import { keyOf } from '../../client/controller.ts';
import type { Informer, Informers } from '../../client/informer.ts';
import { parseGroupVersion } from '../../objects/group-version.ts';
import { findByKind, storedKinds } from '../../objects/kinds/index.ts';
import { isStatusError } from '../../objects/status-error.ts';
import type { KubeObject, OwnerReference } from '../../objects/types.ts';

/** Whatever may own or be owned. Events are about objects and belong to nobody. */
export const collected: readonly ResourceRef[] = storedKinds.filter(({ kind }) => kind !== 'Event');

/** An object with the resource it belongs to; `key` says both. */
export interface GraphNode {
  ref: ResourceRef;
  object: KubeObject;
}

export interface OwnerGraph {
  informer(ref: ResourceRef): Informer<KubeObject>;
  node(key: string): GraphNode | undefined;
  dependentKeys(uid: string | undefined): string[];
  /** Whether this very object, not a successor of the same name, is there no more. */
  isGone(ref: ResourceRef, object: KubeObject): boolean;
}

export function createOwnerGraph(informers: Informers): OwnerGraph {
  const informerOf = new Map(collected.map((ref) => [ref.resource, informers.for(ref)]));
  const dependents = new Map<string, Set<string>>();
  for (const [resource, informer] of informerOf) {
    informer.subscribe((change) => {
      if (change.type === 'updated') forget(dependents, resource, change.old);
      if (change.type === 'deleted') forget(dependents, resource, change.object);
      else remember(dependents, resource, change.object);
    });
  }
  const informer = ({ resource }: ResourceRef) => {
    const found = informerOf.get(resource);
    if (!found) throw new Error(`the garbage collector does not watch ${resource}`);
    return found;
  };
  return {
    informer,
    node(key) {
      const [resource = '', objectKey = ''] = key.split('|');
      const ref = collected.find((known) => known.resource === resource);
      const object = ref && informer(ref).get(objectKey);
      return ref && object ? { ref, object } : undefined;
    },
    dependentKeys: (uid) => [...(dependents.get(uid ?? '') ?? [])],
    isGone: (ref, object) => informer(ref).get(keyOf(object))?.metadata.uid !== object.metadata.uid,
  };
}

export function nodeKey({ resource }: Pick<ResourceRef, 'resource'>, object: KubeObject): string {
  return `${resource}|${keyOf(object)}`;
}

/** The key of the object that a reference of something in `namespace` points to; none for kinds not watched. */
export function referencedKey(reference: OwnerReference, namespace: string | undefined): string | undefined {
  const ref = referencedResource(reference);
  return ref && `${ref.resource}|${ref.namespaced ? `${namespace}/` : ''}${reference.name}`;
}

/**
 * The owner that a reference points to: `undefined` when it is gone, `unknown` when its kind is not watched.
 * The informer may lag behind, so only the server's word counts for an absence.
 */
export async function findOwner(
  client: Client,
  graph: OwnerGraph,
  reference: OwnerReference,
  namespace: string | undefined,
): Promise<KubeObject | 'unknown' | undefined> {
  const ref = referencedResource(reference);
  if (!ref) return 'unknown';
  const seen = graph.node(referencedKey(reference, namespace) ?? '')?.object;
  if (seen?.metadata.uid === reference.uid) return seen;
  try {
    const owner = await client.get(ref, reference.name, ref.namespaced ? namespace : undefined);
    return owner.metadata.uid === reference.uid ? owner : undefined;
  } catch (error) {
    if (isStatusError(error, 'NotFound')) return undefined;
    throw error;
  }
}

/** A reference may name its owner in another version than the one that is stored. */
function referencedResource({ apiVersion, kind }: OwnerReference): ResourceRef | undefined {
  const { group, version } = parseGroupVersion(apiVersion);
  const named = findByKind(group, version, kind);
  return named && collected.find((ref) => ref.group === named.group && ref.resource === named.resource);
}

function remember(dependents: Map<string, Set<string>>, resource: string, object: KubeObject): void {
  for (const { uid } of object.metadata.ownerReferences ?? []) {
    dependents.set(uid, (dependents.get(uid) ?? new Set()).add(nodeKey({ resource }, object)));
  }
}

function forget(dependents: Map<string, Set<string>>, resource: string, object: KubeObject): void {
  for (const { uid } of object.metadata.ownerReferences ?? []) {
    dependents.get(uid)?.delete(nodeKey({ resource }, object));
    if (dependents.get(uid)?.size === 0) dependents.delete(uid);
  }
}
