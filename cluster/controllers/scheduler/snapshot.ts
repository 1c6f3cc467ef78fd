import type { Informers } from '../../client/informer.ts';
import {
  namespaces,
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  podDisruptionBudgets,
  storageClasses,
} from '../../client/resources.ts';
import type { Pod } from '../../objects/types.ts';
import type { AssumedPods } from './assumed-pods.ts';
import type { ClusterView } from './cluster-view.ts';
import type { Nominations } from './nominations.ts';
import type { PodIndex } from './pod-index.ts';
import { createSelectorsOf } from './siblings.ts';

/** Takes the pictures of the cluster that decisions are made from. */
export function createSnapshots(
  informers: Informers,
  { index, assumed, nominations }: { index: PodIndex; assumed: AssumedPods; nominations: Nominations },
): () => ClusterView {
  const nodeInformer = informers.for(nodes);
  const claimInformer = informers.for(persistentVolumeClaims);
  const volumeInformer = informers.for(persistentVolumes);
  const storageClassInformer = informers.for(storageClasses);
  const namespaceInformer = informers.for(namespaces);
  const budgetInformer = informers.for(podDisruptionBudgets);
  const selectorsOf = createSelectorsOf(informers);
  return () => {
    const nominated = nominations.byNode();
    const withAssumed = new Map<string, readonly Pod[]>();
    return {
      nodes: nodeInformer.list(),
      podsOn(nodeName) {
        const known = withAssumed.get(nodeName);
        if (known) return known;
        const [held, expected] = [index.on(nodeName), assumed.on(nodeName)];
        const all = expected.length > 0 ? [...held, ...expected] : held;
        withAssumed.set(nodeName, all);
        return all;
      },
      namespaceLabels: (name) => namespaceInformer.get(name)?.metadata.labels,
      volume: (name) => volumeInformer.get(name),
      volumes: () => volumeInformer.list(),
      claim: (namespace, name) => claimInformer.get(`${namespace}/${name}`),
      storageClass: (name) => storageClassInformer.get(name),
      nominatedTo: (nodeName) => (nominated.get(nodeName) ?? []).filter((pod) => !assumed.has(pod)),
      victimsOf: (pod) => nominations.victimsOf(pod),
      selectorsOf,
      budgets: budgetInformer.list(),
    };
  };
}
