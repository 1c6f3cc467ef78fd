import { keyOf } from '../../client/controller.ts';
import type { Informer } from '../../client/informer.ts';
import type { Pod } from '../../objects/types.ts';

/** Pods that are bound, as far as the informer does not show it yet: their room is taken. */
export interface AssumedPods {
  add(pod: Pod, nodeName: string): void;
  remove(pod: Pod): void;
  has(pod: Pod): boolean;
  on(nodeName: string): Pod[];
}

export function createAssumedPods(podInformer: Informer<Pod>): AssumedPods {
  const assumed = new Map<string, { pod: Pod; nodeName: string }>();

  function dropConfirmed(): void {
    for (const [key, { pod }] of assumed) {
      const seen = podInformer.get(key);
      if (seen?.metadata.uid !== pod.metadata.uid || seen?.spec?.nodeName) assumed.delete(key);
    }
  }

  return {
    add: (pod, nodeName) => void assumed.set(keyOf(pod), { pod, nodeName }),
    remove: (pod) => void assumed.delete(keyOf(pod)),
    has(pod) {
      dropConfirmed();
      return assumed.has(keyOf(pod));
    },
    on(nodeName) {
      dropConfirmed();
      return [...assumed.values()].filter((entry) => entry.nodeName === nodeName).map(({ pod }) => pod);
    },
  };
}
