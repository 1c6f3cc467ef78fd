/** Keeps as many pods of one template as an object says, whatever the object's kind. */
import { isDeepStrictEqual } from 'node:util';
import type { ResourceRef } from '../../client/client.ts';
import { keyOf, type Controller } from '../../client/controller.ts';
import { pods } from '../../client/resources.ts';
import { controllerOf } from '../../objects/owner-refs.ts';
import { isActive } from '../../objects/pod-state.ts';
import type { KubeObject, Pod, ReplicaSet } from '../../objects/types.ts';
import { allowanceWatches } from '../allowances.ts';
import { claim } from '../claim.ts';
import type { ControllerContext } from '../context.ts';
import { createExpectations } from '../expectations.ts';
import { ownerKeys } from '../owner-keys.ts';
import { byDeletionOrder } from './deletion-order.ts';
import { createPodControl, inBatches, messageOf } from './pod-control.ts';
import { replicaSetStatus, type Failure } from './status.ts';

type Status = NonNullable<ReplicaSet['status']>;

/** A kind that replicates pods, in terms of a ReplicaSet. */
export interface Replicating<T extends KubeObject> {
  name: string;
  /** Who signs the events. */
  component: string;
  ref: ResourceRef<T>;
  toReplicaSet: (object: T) => ReplicaSet;
  toStatus: (status: Status) => Status;
}

/** No more pods than this are created or deleted in one turn. */
const burst = 500;

export function createReplicator<T extends KubeObject>(
  { client, informers, clock, recorder }: ControllerContext,
  { name, component, ref, toReplicaSet, toStatus }: Replicating<T>,
): Controller {
  const informer = informers.for(ref);
  const podInformer = informers.for(pods);
  const expectations = createExpectations(clock, podInformer);
  const podControl = createPodControl(client, recorder(component), expectations);

  async function reconcile(key: string): Promise<{ requeueAfterMs: number } | void> {
    const object = informer.get(key);
    if (!object) return undefined;
    const replicaSet = toReplicaSet(object);
    // Asked before the pods are listed: what is seen by then is in the list.
    const pendingMs = expectations.pendingMs(key);
    const owned = await claim(client, pods, replicaSet, replicaSet.spec?.selector, podInformer.list());
    const error =
      pendingMs === 0 && !replicaSet.metadata.deletionTimestamp ? await resize(replicaSet, owned) : undefined;

    const failure = pendingMs === 0 ? error?.failure : standingFailure(replicaSet);
    const { status, untilAvailableMs } = replicaSetStatus(replicaSet, owned, failure, clock.now());
    if (!isDeepStrictEqual(object.status, toStatus(status))) {
      await client.updateStatus(ref, { ...object, status: toStatus(status) });
    }
    if (error) throw error.cause;
    const requeueAfterMs = pendingMs || untilAvailableMs;
    return requeueAfterMs ? { requeueAfterMs } : undefined;
  }

  /** Creates or deletes what is amiss; tells the first failure rather than throwing it, as the status comes first. */
  async function resize(
    replicaSet: ReplicaSet,
    owned: readonly Pod[],
  ): Promise<{ failure: Failure; cause: unknown } | undefined> {
    const active = owned.filter(isActive);
    const missing = (replicaSet.spec?.replicas ?? 1) - active.length;
    const reason = missing > 0 ? 'FailedCreate' : 'FailedDelete';
    try {
      if (missing >= 0) await inBatches(Math.min(missing, burst), () => podControl.create(replicaSet));
      if (missing >= 0) return undefined;
      const inOrder = byDeletionOrder(active, siblingsOf(replicaSet, informer.list(), podInformer.list()));
      const surplus = inOrder.slice(0, Math.min(-missing, burst));
      await Promise.all(surplus.map((pod) => podControl.remove(replicaSet, pod)));
      return undefined;
    } catch (cause) {
      return { failure: { reason, message: messageOf(cause) }, cause };
    }
  }

  return {
    name,
    watches: [
      { informer, keysOf: (object: T) => [keyOf(object)] },
      { informer: podInformer, keysOf: (pod: Pod) => ownerKeys(ref.kind, informer, pod) },
      ...allowanceWatches(informers, informer),
    ],
    reconcile,
  };
}

/** The pods of all that the same controller owns: those of a deployment, old and new. */
function siblingsOf(replicaSet: ReplicaSet, all: readonly KubeObject[], allPods: readonly Pod[]): Pod[] {
  const owner = controllerOf(replicaSet)?.uid;
  if (owner === undefined) return [];
  const related = new Set(all.filter((one) => controllerOf(one)?.uid === owner).map(({ metadata }) => metadata.uid));
  return allPods.filter((pod) => related.has(controllerOf(pod)?.uid));
}

function standingFailure(replicaSet: ReplicaSet): Failure | undefined {
  const condition = replicaSet.status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
  return condition && { reason: condition.reason as Failure['reason'], message: condition.message ?? '' };
}
