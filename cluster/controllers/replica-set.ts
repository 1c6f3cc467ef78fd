/** ReplicaSet: keeps as many pods of one template as `spec.replicas` says. */
import { isDeepStrictEqual } from 'node:util';
import { keyOf, type Controller } from '../client/controller.ts';
import { pods, replicaSets } from '../client/resources.ts';
import type { Pod, ReplicaSet } from '../objects/types.ts';
import { claim } from './claim.ts';
import type { ControllerContext } from './context.ts';
import { ownerKeys } from './owner-keys.ts';
import { isActive } from './pod-state.ts';
import { byDeletionOrder } from './replica-set/deletion-order.ts';
import { createExpectations } from './expectations.ts';
import { createPodControl, inBatches, messageOf } from './replica-set/pod-control.ts';
import { replicaSetStatus, type Failure } from './replica-set/status.ts';

/** No more pods than this are created or deleted in one turn. */
const burst = 500;

export function createReplicaSetController({ client, informers, clock, recorder }: ControllerContext): Controller {
  const replicaSetInformer = informers.for(replicaSets);
  const podInformer = informers.for(pods);
  const expectations = createExpectations(clock, podInformer);
  const podControl = createPodControl(client, recorder('replicaset-controller'), expectations);

  async function reconcile(key: string): Promise<{ requeueAfterMs: number } | void> {
    const replicaSet = replicaSetInformer.get(key);
    if (!replicaSet) return undefined;
    const owned = await claim(client, pods, replicaSet, replicaSet.spec?.selector, podInformer.list());
    const pendingMs = expectations.pendingMs(key);
    const error =
      pendingMs === 0 && !replicaSet.metadata.deletionTimestamp ? await resize(replicaSet, owned) : undefined;

    const failure = pendingMs === 0 ? error?.failure : standingFailure(replicaSet);
    const { status, untilAvailableMs } = replicaSetStatus(replicaSet, owned, failure, clock.now());
    if (!isDeepStrictEqual(replicaSet.status, status)) {
      await client.updateStatus(replicaSets, { ...replicaSet, status });
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
      if (missing > 0) await inBatches(Math.min(missing, burst), () => podControl.create(replicaSet));
      const surplus = byDeletionOrder(active).slice(0, Math.min(Math.max(0, -missing), burst));
      await Promise.all(surplus.map((pod) => podControl.remove(replicaSet, pod)));
      return undefined;
    } catch (cause) {
      return { failure: { reason, message: messageOf(cause) }, cause };
    }
  }

  return {
    name: 'replica-set',
    watches: [
      { informer: replicaSetInformer, keysOf: (replicaSet: ReplicaSet) => [keyOf(replicaSet)] },
      { informer: podInformer, keysOf: (pod: Pod) => ownerKeys('ReplicaSet', replicaSetInformer, pod) },
    ],
    reconcile,
  };
}

function standingFailure(replicaSet: ReplicaSet): Failure | undefined {
  const condition = replicaSet.status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
  return condition && { reason: condition.reason as Failure['reason'], message: condition.message ?? '' };
}
