/** Pod garbage collection: pods of a node that is gone have nobody who could end them. */
import { keyOf, type Controller } from '../client/controller.ts';
import { nodes, pods } from '../client/resources.ts';
import { isStatusError } from '../objects/status-error.ts';
import type { Node, Pod } from '../objects/types.ts';
import type { ControllerContext } from './context.ts';

/** A node that comes back within this time keeps its pods. */
const quarantineMs = 40_000;

export function createPodGcController({ client, informers, clock }: ControllerContext): Controller {
  const podInformer = informers.for(pods);
  const nodeInformer = informers.for(nodes);
  const missingSince = new Map<string, number>();

  /** Nodes that are back, and those on which nothing is left. */
  function forgetOthers(): void {
    for (const name of missingSince.keys()) {
      const isAwaited = podInformer.list().some(({ spec }) => spec?.nodeName === name);
      if (nodeInformer.get(name) || !isAwaited) missingSince.delete(name);
    }
  }

  async function reconcile(key: string): Promise<{ requeueAfterMs: number } | void> {
    forgetOthers();
    const pod = podInformer.get(key);
    const nodeName = pod?.spec?.nodeName;
    if (!pod || !nodeName || nodeInformer.get(nodeName)) return undefined;
    const sinceMs = missingSince.get(nodeName) ?? clock.now();
    missingSince.set(nodeName, sinceMs);
    const waitMs = sinceMs + quarantineMs - clock.now();
    if (waitMs > 0) return { requeueAfterMs: waitMs };
    const { name = '', namespace, uid } = pod.metadata;
    try {
      await client.delete(pods, name, { namespace, uid, gracePeriodSeconds: 0 });
    } catch (error) {
      if (!isStatusError(error, 'NotFound')) throw error;
    }
    return undefined;
  }

  return {
    name: 'pod-gc',
    watches: [
      { informer: podInformer, keysOf: (pod: Pod) => (pod.spec?.nodeName ? [keyOf(pod)] : []) },
      { informer: nodeInformer, keysOf: podKeysOf },
    ],
    reconcile,
  };

  function podKeysOf({ metadata: { name = '' } }: Node): string[] {
    if (nodeInformer.get(name)) return [];
    return podInformer
      .list()
      .filter((pod) => pod.spec?.nodeName === name)
      .map(keyOf);
  }
}
