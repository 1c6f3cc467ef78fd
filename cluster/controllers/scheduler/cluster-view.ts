/** What the scheduler sees of the cluster at one moment. */
import type {
  LabelSelector,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PodDisruptionBudget,
  StorageClass,
} from '../../objects/types.ts';

/** Nodes and who is on them. */
export interface Neighbours {
  nodes: readonly Node[];
  /** Pods that hold resources of the node: bound or about to be, and not ended. */
  podsOn(nodeName: string): readonly Pod[];
  namespaceLabels(name: string): Record<string, string> | undefined;
}

export interface ClusterView extends Neighbours {
  claim(namespace: string | undefined, name: string): PersistentVolumeClaim | undefined;
  volume(name: string): PersistentVolume | undefined;
  volumes(): readonly PersistentVolume[];
  storageClass(name: string): StorageClass | undefined;
  /** Pending pods for which others have had to leave this node. */
  nominatedTo(nodeName: string): readonly Pod[];
  /** Pods that have been told to leave for this one and are still there. */
  victimsOf(pod: Pod): readonly Pod[];
  /** By what the Services and the owner of a pod select it and its siblings. */
  selectorsOf(pod: Pod): readonly LabelSelector[];
  budgets: readonly PodDisruptionBudget[];
}

export function nameOf(node: Node): string {
  return node.metadata.name ?? '';
}

export function podsOnNode(all: Neighbours, node: Node): readonly Pod[] {
  return all.podsOn(nameOf(node));
}

/** The same cluster, with other pods on one of its nodes. */
export function withPodsOn(view: ClusterView, node: Node, pods: readonly Pod[]): ClusterView {
  return { ...view, podsOn: (name) => (name === nameOf(node) ? pods : view.podsOn(name)) };
}

export function priorityOf({ spec }: Pod): number {
  return spec?.priority ?? 0;
}
