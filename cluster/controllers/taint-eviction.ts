/** Taint eviction: pods leave a node that has got a `NoExecute` taint which they do not tolerate, or no longer. */
import { keyOf, type Controller } from '../client/controller.ts';
import { nodes, pods } from '../client/resources.ts';
import { withDisruptionTarget } from '../objects/pod-conditions.ts';
import { isEnded } from '../objects/pod-state.ts';
import { isStatusError } from '../objects/status-error.ts';
import type { Node, Pod } from '../objects/types.ts';
import type { ControllerContext } from './context.ts';
import { matchesTaint } from './scheduler/filters.ts';

export function createTaintEvictionController({ client, informers, clock, recorder }: ControllerContext): Controller {
  const podInformer = informers.for(pods);
  const nodeInformer = informers.for(nodes);
  const events = recorder('taint-eviction-controller');
  /** Since when a pod has only been borne for a time, by its key. */
  const borneSince = new Map<string, { uid: string | undefined; atMs: number }>();

  async function reconcile(key: string): Promise<{ requeueAfterMs: number } | void> {
    const pod = podInformer.get(key);
    const node = nodeInformer.get(pod?.spec?.nodeName ?? '');
    const isLeaving = !pod || !node || pod.metadata.deletionTimestamp || isEnded(pod);
    const stayMs = isLeaving ? Number.POSITIVE_INFINITY : toleratedMs(pod, node);
    if (isLeaving || stayMs === Number.POSITIVE_INFINITY) {
      borneSince.delete(key);
      return undefined;
    }
    const { uid } = pod.metadata;
    const known = borneSince.get(key);
    const since = known && known.uid === uid ? known : { uid, atMs: clock.now() };
    borneSince.set(key, since);
    const leftMs = since.atMs + stayMs - clock.now();
    if (leftMs > 0) return { requeueAfterMs: leftMs };
    await evict(pod);
    borneSince.delete(key);
    return undefined;
  }

  async function evict(pod: Pod): Promise<void> {
    const { name = '', namespace, uid } = pod.metadata;
    const message = `Marking for deletion Pod ${namespace}/${name}`;
    events.record({ about: pod, type: 'Normal', reason: 'TaintManagerEviction', message });
    const conditions = withDisruptionTarget(pod, 'DeletionByTaintManager', clock.now());
    try {
      const patch = { status: { conditions } };
      await client.patch(pods, name, patch, { namespace, subresource: 'status' });
      await client.delete(pods, name, { namespace, uid });
    } catch (error) {
      if (!isStatusError(error, 'NotFound')) throw error;
    }
  }

  return {
    name: 'taint-eviction',
    watches: [
      { informer: podInformer, keysOf: (pod: Pod) => (pod.spec?.nodeName ? [keyOf(pod)] : []) },
      {
        informer: nodeInformer,
        keysOf: ({ metadata }: Node) =>
          podInformer
            .list()
            .filter(({ spec }) => spec?.nodeName === metadata.name)
            .map(keyOf),
      },
    ],
    reconcile,
  };
}

/** How long the pod may stay on the node: 0 with a taint that it does not tolerate, for ever without any. Pure. */
export function toleratedMs({ spec }: Pod, node: Node): number {
  const taints = (node.spec?.taints ?? []).filter(({ effect }) => effect === 'NoExecute');
  const times = taints.map((taint) => {
    const matching = (spec?.tolerations ?? []).filter((toleration) => matchesTaint(toleration, taint));
    if (matching.length === 0) return 0;
    return 1000 * Math.min(...matching.map(({ tolerationSeconds }) => tolerationSeconds ?? Number.POSITIVE_INFINITY));
  });
  return Math.max(0, Math.min(...times, Number.POSITIVE_INFINITY));
}
