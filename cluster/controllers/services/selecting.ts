import { keyOf } from '../../client/controller.ts';
import type { Informer } from '../../client/informer.ts';
import { matchesLabels } from '../../objects/selector.ts';
import type { Pod, Service } from '../../objects/types.ts';
import { hasBackends } from './backends.ts';

/** Keys of the Services that select the pod. */
export function keysOfSelecting(services: Informer<Service>, pod: Pod): string[] {
  return services
    .list()
    .filter((service) => service.metadata.namespace === pod.metadata.namespace && hasBackends(service))
    .filter((service) => matchesLabels({ matchLabels: service.spec?.selector ?? {} }, pod.metadata.labels))
    .map(keyOf);
}
