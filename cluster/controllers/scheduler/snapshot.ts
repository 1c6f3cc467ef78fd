import type { Informers } from '../../client/informer.ts';
import {
  namespaces,
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  podDisruptionBudgets,
  pods,
  storageClasses,
} from '../../client/resources.ts';
import { isEnded } from '../pod-state.ts';
import type { AssumedPods } from './assumed-pods.ts';
import type { ClusterView } from './cluster-view.ts';
import type { Nominations } from './nominations.ts';
import { createSelectorsOf } from './siblings.ts';

/** Takes the pictures of the cluster that decisions are made from. */
export function createSnapshots(
  informers: Informers,
  assumed: AssumedPods,
  nominations: Nominations,
): () => ClusterView {
  const podInformer = informers.for(pods);
  const nodeInformer = informers.for(nodes);
  const claimInformer = informers.for(persistentVolumeClaims);
  const volumeInformer = informers.for(persistentVolumes);
  const storageClassInformer = informers.for(storageClasses);
  const namespaceInformer = informers.for(namespaces);
  const budgetInformer = informers.for(podDisruptionBudgets);
  const selectorsOf = createSelectorsOf(informers);
  return () => {
    const held = podInformer.list().filter((pod) => pod.spec?.nodeName && !isEnded(pod));
    const podsByNode = Map.groupBy(held, ({ spec }) => spec?.nodeName ?? '');
    return {
      nodes: nodeInformer.list(),
      podsOn: (nodeName) => [...(podsByNode.get(nodeName) ?? []), ...assumed.on(nodeName)],
      namespaceLabels: (name) => namespaceInformer.get(name)?.metadata.labels,
      volume: (name) => volumeInformer.get(name),
      claim: (namespace, name) => claimInformer.get(`${namespace}/${name}`),
      storageClass: (name) => storageClassInformer.get(name),
      nominatedTo: (nodeName) => nominations.on(nodeName).filter((pod) => !assumed.has(pod)),
      victimsOf: (pod) => nominations.victimsOf(pod),
      selectorsOf,
      budgets: budgetInformer.list(),
    };
  };
}
