import type { Informer, Informers } from '../../client/informer.ts';
import { replicaSets, replicationControllers, services, statefulSets } from '../../client/resources.ts';
import { controllerOf } from '../../objects/owner-refs.ts';
import { matchesLabels, podSelectorOf } from '../../objects/selector.ts';
import type { KubeObject, LabelSelector, Pod } from '../../objects/types.ts';

/** By what the Services and the owner of a pod select it and its siblings. */
export function createSelectorsOf(informers: Informers): (pod: Pod) => LabelSelector[] {
  const serviceInformer = informers.for(services);
  const owners = new Map<string, Informer<KubeObject>>(
    [replicaSets, replicationControllers, statefulSets].map((ref) => [ref.kind, informers.for<KubeObject>(ref)]),
  );
  return (pod) => {
    const { namespace, labels } = pod.metadata;
    const ofServices = serviceInformer
      .list()
      .filter(({ metadata, spec }) => metadata.namespace === namespace && Object.keys(spec?.selector ?? {}).length > 0)
      .map(({ spec }): LabelSelector => ({ matchLabels: { ...spec?.selector } }))
      .filter((selector) => matchesLabels(selector, labels));
    const reference = controllerOf(pod);
    const owner = reference && owners.get(reference.kind)?.get(`${namespace}/${reference.name}`);
    const ofOwner = owner && podSelectorOf(owner);
    return ofOwner ? [...ofServices, ofOwner] : ofServices;
  };
}
