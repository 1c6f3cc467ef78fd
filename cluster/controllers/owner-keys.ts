import { keyOf } from '../client/controller.ts';
import type { Informer } from '../client/informer.ts';
import { controllerOf } from '../objects/owner-refs.ts';
import { matchesLabels, podSelectorOf } from '../objects/selector.ts';
import type { KubeObject } from '../objects/types.ts';

/** Keys of the owners that an object concerns: its controller, or all that could adopt it. */
export function ownerKeys<T extends KubeObject>(kind: string, owners: Informer<T>, object: KubeObject): string[] {
  const { namespace, labels } = object.metadata;
  const controller = controllerOf(object);
  if (controller) return controller.kind === kind ? [`${namespace}/${controller.name}`] : [];
  return owners
    .list()
    .filter((owner) => owner.metadata.namespace === namespace && matchesLabels(podSelectorOf(owner), labels))
    .map(keyOf);
}

/** Keys of all that live in the same namespace as an object. */
export function keysBeside(informer: Informer<KubeObject>, { metadata }: KubeObject): string[] {
  return informer
    .list()
    .filter((one) => one.metadata.namespace === metadata.namespace)
    .map(keyOf);
}
