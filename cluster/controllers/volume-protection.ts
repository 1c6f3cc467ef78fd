/** Volume protection: a claim that is being deleted stays as long as a pod uses it. */
import type { Controller } from '../client/controller.ts';
import { keyOf } from '../client/controller.ts';
import { persistentVolumeClaims, pods } from '../client/resources.ts';
import { PVC_PROTECTION } from '../objects/finalizers.ts';
import { isEnded } from '../objects/pod-state.ts';
import { isStatusError } from '../objects/status-error.ts';
import type { PersistentVolumeClaim, Pod } from '../objects/types.ts';
import type { ControllerContext } from './context.ts';

export function createVolumeProtectionController({ client, informers }: ControllerContext): Controller {
  const claimInformer = informers.for(persistentVolumeClaims);
  const podInformer = informers.for(pods);

  async function reconcile(key: string): Promise<void> {
    const claim = claimInformer.get(key);
    if (!claim) return;
    const finalizers = finalizersOf(claim, podInformer.list());
    if (finalizers === undefined) return;
    const { name = '', namespace, resourceVersion } = claim.metadata;
    try {
      await client.patch(persistentVolumeClaims, name, { metadata: { finalizers, resourceVersion } }, { namespace });
    } catch (error) {
      if (!isStatusError(error, 'NotFound')) throw error;
    }
  }

  return {
    name: 'volume-protection',
    watches: [
      { informer: claimInformer, keysOf: (claim: PersistentVolumeClaim) => [keyOf(claim)] },
      {
        informer: podInformer,
        keysOf: (pod: Pod) => claimNames(pod).map((name) => `${pod.metadata.namespace}/${name}`),
      },
    ],
    reconcile,
  };
}

/** The finalizers that the claim should have, also one that somebody took them from; undefined when it has them. */
export function finalizersOf(claim: PersistentVolumeClaim, allPods: readonly Pod[]): string[] | undefined {
  const { name = '', namespace, finalizers = [], deletionTimestamp } = claim.metadata;
  const isProtected = finalizers.includes(PVC_PROTECTION);
  if (!deletionTimestamp) return isProtected ? undefined : [...finalizers, PVC_PROTECTION];
  const isUsed = allPods.some(
    (pod) => pod.metadata.namespace === namespace && !isEnded(pod) && claimNames(pod).includes(name),
  );
  return isProtected && !isUsed ? finalizers.filter((finalizer) => finalizer !== PVC_PROTECTION) : undefined;
}

function claimNames(pod: Pod): string[] {
  return (pod.spec?.volumes ?? []).flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);
}
