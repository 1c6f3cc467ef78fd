import { keyOf } from '../../client/controller.ts';
import type { Informer } from '../../client/informer.ts';
import { isEnded } from '../../objects/pod-state.ts';
import type { Pod } from '../../objects/types.ts';
import type { PodIndex } from './pod-index.ts';

/** For whom room is being made, and who makes it. The pods' status says the same a moment later. */
export interface Nominations {
  add(pod: Pod, nodeName: string, victims: readonly Pod[]): void;
  remove(podKey: string): void;
  /** Pods without a node for which room is made, by the name of the node. */
  byNode(): Map<string, Pod[]>;
  /** Who has been told to leave for the pod and is still there. */
  victimsOf(pod: Pod): Pod[];
}

export function createNominations(podInformer: Informer<Pod>, index: PodIndex): Nominations {
  const nominated = new Map<string, { uid: string | undefined; nodeName: string; victims: readonly Pod[] }>();

  function find(pod: Pod) {
    const found = nominated.get(keyOf(pod));
    return found?.uid === pod.metadata.uid ? found : undefined;
  }

  return {
    add: (pod, nodeName, victims) => void nominated.set(keyOf(pod), { uid: pod.metadata.uid, nodeName, victims }),
    remove: (podKey) => void nominated.delete(podKey),
    byNode() {
      const nodeOf = (pod: Pod) => find(pod)?.nodeName ?? pod.status?.nominatedNodeName ?? '';
      const waiting = [...index.unassigned()].filter((pod) => !pod.metadata.deletionTimestamp && nodeOf(pod));
      return Map.groupBy(waiting, nodeOf);
    },
    victimsOf: (pod) =>
      (find(pod)?.victims ?? []).filter((victim) => {
        const seen = podInformer.get(keyOf(victim));
        return seen !== undefined && seen.metadata.uid === victim.metadata.uid && !isEnded(seen);
      }),
  };
}
