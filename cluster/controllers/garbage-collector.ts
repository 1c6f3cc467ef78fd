/**
 * Garbage collector: deletes what its owners have left behind, and carries out foreground and orphan deletion.
 */
import type { Client, ResourceRef } from '../client/client.ts';
import type { Controller } from '../client/controller.ts';
import { keyOf } from '../client/controller.ts';
import type { Informer } from '../client/informer.ts';
import * as resources from '../client/resources.ts';
import { isStatusError } from '../objects/status-error.ts';
import type { KubeObject, OwnerReference } from '../objects/types.ts';
import type { ControllerContext } from './context.ts';

const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';

/** Whatever may own or be owned. */
const collected: readonly ResourceRef[] = [
  resources.pods,
  resources.services,
  resources.endpoints,
  resources.endpointSlices,
  resources.configMaps,
  resources.secrets,
  resources.serviceAccounts,
  resources.persistentVolumeClaims,
  resources.deployments,
  resources.replicaSets,
  resources.leases,
  resources.nodes,
  resources.persistentVolumes,
  resources.namespaces,
];

export function createGarbageCollector({ client, informers }: ControllerContext): Controller {
  const informerOf = new Map<string, Informer<KubeObject>>(
    collected.map((ref) => [ref.resource, informers.for(ref)] as const),
  );
  const dependents = indexDependents(informerOf);

  async function reconcile(key: string): Promise<void> {
    const { ref, objectKey } = parseKey(key);
    const object = informerOf.get(ref.resource)?.get(objectKey);
    if (!object) return;
    if (object.metadata.deletionTimestamp) await finishDeletion(ref, object);
    else if ((object.metadata.ownerReferences ?? []).length > 0) await collect(ref, object);
  }

  /** Deletes an object whose owners are all gone or wait for it; forgets single owners that are gone. */
  async function collect(ref: ResourceRef, object: KubeObject): Promise<void> {
    const owners = await Promise.all(
      (object.metadata.ownerReferences ?? []).map(async (reference) => ({
        reference,
        state: await ownerState(reference, object.metadata.namespace),
      })),
    );
    const decision = decide(owners);
    const { name = '', namespace, uid } = object.metadata;
    if (decision === 'keep') return;
    if (decision === 'forget-absent') {
      const kept = owners.filter(({ state }) => state !== 'absent').map(({ reference }) => reference);
      await setOwners(client, ref, object, kept);
      return;
    }
    const hasDependents = (dependents.get(uid ?? '')?.size ?? 0) > 0;
    const propagationPolicy = decision === 'delete-foreground' && hasDependents ? 'Foreground' : 'Background';
    await ignoringAbsence(client.delete(ref, name, { namespace, uid, propagationPolicy }));
  }

  async function ownerState({ apiVersion, kind, name, uid }: OwnerReference, namespace?: string): Promise<OwnerState> {
    const ref = collected.find((known) => known.kind === kind && groupVersion(known) === apiVersion);
    // Of a kind that nobody serves here nothing is known: the object stays.
    if (!ref) return 'present';
    const ownerKey = ref.namespaced ? `${namespace}/${name}` : name;
    let owner = informerOf.get(ref.resource)?.get(ownerKey);
    if (owner?.metadata.uid !== uid) {
      // The informer may lag behind; only the server can say that an owner is gone.
      owner = await client.get(ref, name, ref.namespaced ? namespace : undefined).catch((error: unknown) => {
        if (isStatusError(error, 'NotFound')) return undefined;
        throw error;
      });
    }
    if (!owner || owner.metadata.uid !== uid) return 'absent';
    return owner.metadata.deletionTimestamp && hasFinalizer(owner, FOREGROUND) ? 'waiting' : 'present';
  }

  async function finishDeletion(ref: ResourceRef, owner: KubeObject): Promise<void> {
    const children = [...(dependents.get(owner.metadata.uid ?? '') ?? [])].flatMap((key) => {
      const { ref: childRef, objectKey } = parseKey(key);
      const child = informerOf.get(childRef.resource)?.get(objectKey);
      return child ? [{ ref: childRef, child }] : [];
    });
    if (hasFinalizer(owner, ORPHAN)) {
      for (const { ref: childRef, child } of children) {
        const others = (child.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== owner.metadata.uid);
        await setOwners(client, childRef, child, others);
      }
      await removeFinalizer(client, ref, owner, ORPHAN);
    } else if (hasFinalizer(owner, FOREGROUND)) {
      const blocking = children.some(({ child }) =>
        child.metadata.ownerReferences?.some(
          ({ uid, blockOwnerDeletion }) => uid === owner.metadata.uid && blockOwnerDeletion,
        ),
      );
      if (!blocking) await removeFinalizer(client, ref, owner, FOREGROUND);
    }
  }

  return {
    name: 'garbage-collector',
    watches: collected.map((ref) => ({
      informer: informers.for(ref),
      keysOf: (object: KubeObject) => keysConcerned(ref, object),
    })),
    reconcile,
  };

  function keysConcerned(ref: ResourceRef, object: KubeObject): string[] {
    const { uid, deletionTimestamp, ownerReferences = [] } = object.metadata;
    const isGone = informerOf.get(ref.resource)?.get(keyOf(object))?.metadata.uid !== uid;
    const own = deletionTimestamp || ownerReferences.length > 0 ? [keyFor(ref, object)] : [];
    const children = deletionTimestamp || isGone ? [...(dependents.get(uid ?? '') ?? [])] : [];
    // A foreground deletion goes on when a child has gone.
    const waiting = isGone
      ? ownerReferences.flatMap((reference) => ownerKeys(reference, object.metadata.namespace))
      : [];
    return [...own, ...children, ...waiting];
  }
}

function ownerKeys({ apiVersion, kind, name }: OwnerReference, namespace?: string): string[] {
  const ref = collected.find((known) => known.kind === kind && groupVersion(known) === apiVersion);
  return ref ? [`${ref.resource}|${ref.namespaced ? `${namespace}/` : ''}${name}`] : [];
}

/** `waiting`: being deleted in the foreground, and so waiting for its dependents. */
export type OwnerState = 'present' | 'absent' | 'waiting';
type Decision = 'keep' | 'forget-absent' | 'delete' | 'delete-foreground';

/** What becomes of an object whose owners are in these states. */
export function decide(owners: readonly { reference: OwnerReference; state: OwnerState }[]): Decision {
  const has = (state: OwnerState) => owners.some((owner) => owner.state === state);
  if (has('present')) return has('absent') ? 'forget-absent' : 'keep';
  return has('waiting') ? 'delete-foreground' : 'delete';
}

/** Keys of dependents by the UID of each owner, kept up to date by the informers. */
function indexDependents(informerOf: ReadonlyMap<string, Informer<KubeObject>>): ReadonlyMap<string, Set<string>> {
  const index = new Map<string, Set<string>>();
  const remove = (ref: ResourceRef, object: KubeObject) => {
    for (const { uid } of object.metadata.ownerReferences ?? []) {
      index.get(uid)?.delete(keyFor(ref, object));
      if (index.get(uid)?.size === 0) index.delete(uid);
    }
  };
  const add = (ref: ResourceRef, object: KubeObject) => {
    for (const { uid } of object.metadata.ownerReferences ?? []) {
      index.set(uid, (index.get(uid) ?? new Set()).add(keyFor(ref, object)));
    }
  };
  for (const ref of collected) {
    informerOf.get(ref.resource)?.subscribe((change) => {
      if (change.type === 'updated') remove(ref, change.old);
      if (change.type === 'deleted') remove(ref, change.object);
      else add(ref, change.object);
    });
  }
  return index;
}

function keyFor(ref: ResourceRef, object: KubeObject): string {
  return `${ref.resource}|${keyOf(object)}`;
}

function parseKey(key: string): { ref: ResourceRef; objectKey: string } {
  const [resource = '', objectKey = ''] = key.split('|');
  const ref = collected.find((known) => known.resource === resource);
  if (!ref) throw new Error(`garbage collector was given a key of an unknown resource: ${key}`);
  return { ref, objectKey };
}

function groupVersion({ group, version }: ResourceRef): string {
  return group ? `${group}/${version}` : version;
}

function hasFinalizer(object: KubeObject, finalizer: string): boolean {
  return object.metadata.finalizers?.includes(finalizer) ?? false;
}

async function setOwners(
  client: Client,
  ref: ResourceRef,
  object: KubeObject,
  owners: OwnerReference[],
): Promise<void> {
  const { name = '', namespace, resourceVersion } = object.metadata;
  const metadata = { ownerReferences: owners, resourceVersion };
  await ignoringAbsence(client.patch(ref, name, { metadata }, { namespace }));
}

async function removeFinalizer(client: Client, ref: ResourceRef, object: KubeObject, finalizer: string): Promise<void> {
  const { name = '', namespace, resourceVersion, finalizers = [] } = object.metadata;
  const metadata = { finalizers: finalizers.filter((other) => other !== finalizer), resourceVersion };
  await ignoringAbsence(client.patch(ref, name, { metadata }, { namespace }));
}

async function ignoringAbsence(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!isStatusError(error, 'NotFound')) throw error;
  }
}
