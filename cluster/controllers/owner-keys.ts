import { keyOf } from '../client/controller.ts';
import type { Informer } from '../client/informer.ts';
import { controllerOf } from '../objects/owner-refs.ts';
import { matchesLabels } from '../objects/selector.ts';
import type { KubeObject, LabelSelector } from '../objects/types.ts';

type Owner = KubeObject & { spec?: { selector?: LabelSelector } };

/** Keys of the owners that an object concerns: its controller, or all that could adopt it. */
export function ownerKeys<T extends Owner>(kind: string, owners: Informer<T>, object: KubeObject): string[] {
  const { namespace, labels } = object.metadata;
  const controller = controllerOf(object);
  if (controller) return controller.kind === kind ? [`${namespace}/${controller.name}`] : [];
  return owners
    .list()
    .filter((owner) => owner.metadata.namespace === namespace && matchesLabels(owner.spec?.selector, labels))
    .map(keyOf);
}
