import { keyOf } from '../../client/controller.ts';
import type { Informer } from '../../client/informer.ts';
import type { Pod } from '../../objects/types.ts';
import { isEnded } from '../pod-state.ts';

/** For whom room is being made, and who makes it. The pods' status says the same a moment later. */
export interface Nominations {
  add(pod: Pod, nodeName: string, victims: readonly Pod[]): void;
  remove(podKey: string): void;
  /** Pods without a node for which room is made on this one. */
  on(nodeName: string): Pod[];
  /** Who has been told to leave for the pod and is still there. */
  victimsOf(pod: Pod): Pod[];
}

export function createNominations(podInformer: Informer<Pod>): Nominations {
  const nominated = new Map<string, { uid: string | undefined; nodeName: string; victims: readonly Pod[] }>();

  function find(pod: Pod) {
    const found = nominated.get(keyOf(pod));
    return found?.uid === pod.metadata.uid ? found : undefined;
  }

  return {
    add: (pod, nodeName, victims) => void nominated.set(keyOf(pod), { uid: pod.metadata.uid, nodeName, victims }),
    remove: (podKey) => void nominated.delete(podKey),
    on: (nodeName) =>
      podInformer
        .list()
        .filter((pod) => !pod.spec?.nodeName && !pod.metadata.deletionTimestamp)
        .filter((pod) => (find(pod)?.nodeName ?? pod.status?.nominatedNodeName) === nodeName),
    victimsOf: (pod) =>
      (find(pod)?.victims ?? []).filter((victim) => {
        const seen = podInformer.get(keyOf(victim));
        return seen !== undefined && seen.metadata.uid === victim.metadata.uid && !isEnded(seen);
      }),
  };
}
