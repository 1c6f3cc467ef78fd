import { keyOf } from '../../client/controller.ts';
import type { Change, Informer } from '../../client/informer.ts';
import { isEnded } from '../../objects/pod-state.ts';
import type { Pod } from '../../objects/types.ts';

/** The pods as the scheduler asks for them, kept in step change by change: asking costs the same however many there are. */
export interface PodIndex {
  /** Bound to the node and not ended. The same array until one of them changes. */
  on(nodeName: string): readonly Pod[];
  /** Without a node. */
  unassigned(): Iterable<Pod>;
  /** Those of them that look at the pods around them. */
  lookingAtOthers(): Iterable<Pod>;
}

export function createPodIndex(podInformer: Informer<Pod>): PodIndex {
  const byNode = new Map<string, Map<string, Pod>>();
  const arrays = new Map<string, readonly Pod[]>();
  const unassigned = new Map<string, Pod>();
  const looking = new Map<string, Pod>();

  function remove(pod: Pod): void {
    const key = keyOf(pod);
    const nodeName = pod.spec?.nodeName ?? '';
    if (byNode.get(nodeName)?.delete(key)) arrays.delete(nodeName);
    unassigned.delete(key);
    looking.delete(key);
  }

  function add(pod: Pod): void {
    const key = keyOf(pod);
    const { nodeName } = pod.spec ?? {};
    if (!nodeName) {
      unassigned.set(key, pod);
      if (looksAtOthers(pod)) looking.set(key, pod);
    } else if (!isEnded(pod)) {
      const there = byNode.get(nodeName) ?? new Map<string, Pod>();
      byNode.set(nodeName, there.set(key, pod));
      arrays.delete(nodeName);
    }
  }

  podInformer.subscribe((change: Change<Pod>) => {
    const { object } = change;
    if (change.type === 'deleted') return remove(object);
    // What stays where it is keeps its place in the order.
    if (change.type === 'updated' && (change.old.spec?.nodeName !== object.spec?.nodeName || isEnded(object))) {
      remove(change.old);
    }
    add(object);
  });

  return {
    on(nodeName) {
      const pods = arrays.get(nodeName) ?? [...(byNode.get(nodeName)?.values() ?? [])];
      arrays.set(nodeName, pods);
      return pods;
    },
    unassigned: () => unassigned.values(),
    lookingAtOthers: () => looking.values(),
  };
}

function looksAtOthers({ spec }: Pod): boolean {
  const { podAffinity, podAntiAffinity } = spec?.affinity ?? {};
  return Boolean(podAffinity ?? podAntiAffinity ?? spec?.topologySpreadConstraints?.length);
}
