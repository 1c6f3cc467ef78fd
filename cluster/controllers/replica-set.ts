/** ReplicaSet: keeps as many pods of one template as `spec.replicas` says. */
import { isDeepStrictEqual } from 'node:util';
import { keyOf, type Controller } from '../client/controller.ts';
import { pods, replicaSets } from '../client/resources.ts';
import { controllerOf, ownerReferenceTo } from '../objects/owner-refs.ts';
import { matchesLabels } from '../objects/selector.ts';
import { isStatusError } from '../objects/status-error.ts';
import type { Pod, ReplicaSet } from '../objects/types.ts';
import { claim } from './claim.ts';
import type { ControllerContext } from './context.ts';
import { isActive } from './pod-state.ts';
import { byDeletionOrder } from './replica-set/deletion-order.ts';
import { createExpectations } from './expectations.ts';
import { replicaSetStatus, type Failure } from './replica-set/status.ts';

/** No more pods than this are created or deleted in one turn. */
const burst = 500;

export function createReplicaSetController({ client, informers, clock, recorder }: ControllerContext): Controller {
  const replicaSetInformer = informers.for(replicaSets);
  const podInformer = informers.for(pods);
  const events = recorder('replicaset-controller');
  const expectations = createExpectations(clock, podInformer);

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
      if (missing > 0) await inBatches(Math.min(missing, burst), () => createPod(replicaSet));
      const surplus = byDeletionOrder(active).slice(0, Math.min(Math.max(0, -missing), burst));
      await Promise.all(surplus.map((pod) => deletePod(replicaSet, pod)));
      return undefined;
    } catch (cause) {
      return { failure: { reason, message: messageOf(cause) }, cause };
    }
  }

  async function createPod(replicaSet: ReplicaSet): Promise<void> {
    try {
      const pod = await client.create(pods, podOf(replicaSet));
      expectations.expect(keyOf(replicaSet), 'created', pod);
      const message = `Created pod: ${pod.metadata.name}`;
      events.record({ about: replicaSet, type: 'Normal', reason: 'SuccessfulCreate', message });
    } catch (error) {
      const message = `Error creating: ${messageOf(error)}`;
      events.record({ about: replicaSet, type: 'Warning', reason: 'FailedCreate', message });
      throw error;
    }
  }

  async function deletePod(replicaSet: ReplicaSet, pod: Pod): Promise<void> {
    const { name = '', namespace, uid } = pod.metadata;
    try {
      await client.delete(pods, name, { namespace, uid });
      expectations.expect(keyOf(replicaSet), 'deleted', pod);
      const message = `Deleted pod: ${name}`;
      events.record({ about: replicaSet, type: 'Normal', reason: 'SuccessfulDelete', message });
    } catch (error) {
      if (isStatusError(error, 'NotFound')) return;
      const message = `Error deleting: ${messageOf(error)}`;
      events.record({ about: replicaSet, type: 'Warning', reason: 'FailedDelete', message });
      throw error;
    }
  }

  return {
    name: 'replica-set',
    watches: [
      { informer: replicaSetInformer, keysOf: (replicaSet: ReplicaSet) => [keyOf(replicaSet)] },
      { informer: podInformer, keysOf: (pod: Pod) => replicaSetKeys(pod) },
    ],
    reconcile,
  };

  function replicaSetKeys(pod: Pod): string[] {
    const { namespace, labels } = pod.metadata;
    const owner = controllerOf(pod);
    if (owner) return owner.kind === 'ReplicaSet' ? [`${namespace}/${owner.name}`] : [];
    return replicaSetInformer
      .list()
      .filter(
        (candidate) => candidate.metadata.namespace === namespace && matchesLabels(candidate.spec?.selector, labels),
      )
      .map(keyOf);
  }
}

/** A pod of the replica set, to be named by the server. */
export function podOf(replicaSet: ReplicaSet): Pod {
  const { name, namespace } = replicaSet.metadata;
  const template = replicaSet.spec?.template;
  const { labels, annotations, finalizers } = template?.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${name}-`,
      namespace,
      ...(labels ? { labels } : {}),
      ...(annotations ? { annotations } : {}),
      ...(finalizers ? { finalizers } : {}),
      ownerReferences: [ownerReferenceTo(replicaSet)],
    },
    spec: template?.spec,
  };
}

/**
 * Does the work in batches of 1, 2, 4 …, so that a quota or a webhook that refuses all of it is asked once and not
 * five hundred times.
 * @throws the first failure; the batches after it are left out
 */
async function inBatches(count: number, work: () => Promise<void>): Promise<void> {
  for (let size = 1, left = count; left > 0; left -= size, size = Math.min(size * 2, left)) {
    const results = await Promise.allSettled(Array.from({ length: Math.min(size, left) }, work));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  }
}

function standingFailure(replicaSet: ReplicaSet): Failure | undefined {
  const condition = replicaSet.status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
  return condition && { reason: condition.reason as Failure['reason'], message: condition.message ?? '' };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
