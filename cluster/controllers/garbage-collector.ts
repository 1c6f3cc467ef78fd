/** Garbage collector: deletes what its owners have left behind, and carries out foreground and orphan deletion. */
import type { Client, ResourceRef } from '../client/client.ts';
import type { Controller } from '../client/controller.ts';
import { isStatusError } from '../objects/status-error.ts';
import type { KubeObject, OwnerReference } from '../objects/types.ts';
import type { ControllerContext } from './context.ts';
import {
  collected,
  createOwnerGraph,
  findOwner,
  nodeKey,
  referencedKey,
  type GraphNode,
} from './garbage-collector/owner-graph.ts';

const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';

export function createGarbageCollector({ client, informers }: ControllerContext): Controller {
  const graph = createOwnerGraph(informers);

  async function reconcile(key: string): Promise<void> {
    const node = graph.node(key);
    if (node?.object.metadata.deletionTimestamp) await finishDeletion(node);
    else if (node) await collect(node);
  }

  /** Deletes an object whose owners are all gone or wait for it; forgets single owners that are gone. */
  async function collect({ ref, object }: GraphNode): Promise<void> {
    const { name = '', namespace, uid, ownerReferences = [] } = object.metadata;
    if (ownerReferences.length === 0) return;
    const owners = await Promise.all(
      ownerReferences.map(async (reference) => {
        return { reference, state: stateOf(await findOwner(client, graph, reference, namespace)) };
      }),
    );
    const decision = decide(owners.map(({ state }) => state));
    if (decision === 'keep') return;
    if (decision === 'forget-absent') {
      const kept = owners.filter(({ state }) => state !== 'absent').map(({ reference }) => reference);
      await setOwners(client, ref, object, kept);
      return;
    }
    const inForeground = decision === 'delete-foreground' && graph.dependentKeys(uid).length > 0;
    const propagationPolicy = inForeground ? 'Foreground' : 'Background';
    await ignoringAbsence(client.delete(ref, name, { namespace, uid, propagationPolicy }));
  }

  /** Takes the collector's finalizer off an object once its dependents are as the deletion wants them. */
  async function finishDeletion({ ref, object }: GraphNode): Promise<void> {
    const { uid, finalizers = [] } = object.metadata;
    const dependents = graph.dependentKeys(uid).flatMap((key) => graph.node(key) ?? []);
    if (finalizers.includes(ORPHAN)) {
      for (const dependent of dependents) {
        const others = (dependent.object.metadata.ownerReferences ?? []).filter((reference) => reference.uid !== uid);
        await setOwners(client, dependent.ref, dependent.object, others);
      }
      await removeFinalizer(client, ref, object, ORPHAN);
    } else if (finalizers.includes(FOREGROUND) && !dependents.some((dependent) => blocks(dependent, uid))) {
      await removeFinalizer(client, ref, object, FOREGROUND);
    }
  }

  /** The object itself, its dependents when it goes, and its owners when it is gone, as they may wait for that. */
  function keysConcerned(ref: ResourceRef, object: KubeObject): string[] {
    const { uid, namespace, deletionTimestamp, ownerReferences = [] } = object.metadata;
    const isGone = graph.isGone(ref, object);
    const own = deletionTimestamp || ownerReferences.length > 0 ? [nodeKey(ref, object)] : [];
    const dependents = deletionTimestamp || isGone ? graph.dependentKeys(uid) : [];
    const owners = isGone ? ownerReferences.flatMap((reference) => referencedKey(reference, namespace) ?? []) : [];
    return [...own, ...dependents, ...owners];
  }

  return {
    name: 'garbage-collector',
    watches: collected.map((ref) => ({
      informer: graph.informer(ref),
      keysOf: (object: KubeObject) => keysConcerned(ref, object),
    })),
    reconcile,
  };
}

/** `waiting`: being deleted in the foreground, and so waiting for its dependents. */
export type OwnerState = 'present' | 'absent' | 'waiting';
type Decision = 'keep' | 'forget-absent' | 'delete' | 'delete-foreground';

/** What becomes of an object whose owners are in these states. */
export function decide(owners: readonly OwnerState[]): Decision {
  if (owners.includes('present')) return owners.includes('absent') ? 'forget-absent' : 'keep';
  return owners.includes('waiting') ? 'delete-foreground' : 'delete';
}

function stateOf(owner: KubeObject | 'unknown' | undefined): OwnerState {
  // Of a kind that is not watched nothing is known: the object stays.
  if (owner === 'unknown') return 'present';
  if (!owner) return 'absent';
  const { deletionTimestamp, finalizers } = owner.metadata;
  return deletionTimestamp && finalizers?.includes(FOREGROUND) ? 'waiting' : 'present';
}

function blocks({ object }: GraphNode, ownerUid: string | undefined): boolean {
  const references = object.metadata.ownerReferences ?? [];
  return references.some(({ uid, blockOwnerDeletion }) => uid === ownerUid && blockOwnerDeletion === true);
}

async function setOwners(
  client: Client,
  ref: ResourceRef,
  object: KubeObject,
  ownerReferences: OwnerReference[],
): Promise<void> {
  const { name = '', namespace, resourceVersion } = object.metadata;
  const patch = { metadata: { ownerReferences, resourceVersion } };
  await ignoringAbsence(client.patch(ref, name, patch, { namespace }));
}

async function removeFinalizer(client: Client, ref: ResourceRef, object: KubeObject, finalizer: string): Promise<void> {
  const { name = '', namespace, resourceVersion, finalizers = [] } = object.metadata;
  const rest = finalizers.filter((other) => other !== finalizer);
  const patch = { metadata: { finalizers: rest, resourceVersion } };
  await ignoringAbsence(client.patch(ref, name, patch, { namespace }));
}

async function ignoringAbsence(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!isStatusError(error, 'NotFound')) throw error;
  }
}
