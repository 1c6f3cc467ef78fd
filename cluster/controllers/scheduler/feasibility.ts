/** Whether a node can take a pod: all filters together. */
import type { Node, PersistentVolume, PersistentVolumeClaim, Pod } from '../../objects/types.ts';
import { podsOnNode, priorityOf, nameOf, withPodsOn, type ClusterView, type Neighbours } from './cluster-view.ts';
import { rejectionOf, type Rejection } from './filters.ts';
import { affinityRejection } from './pod-affinity.ts';
import { spreadRejection } from './spreading.ts';
import { farFrom, takenByOther, withoutVolume } from './volumes.ts';

/** A pod with the volumes that it has already. */
export interface Candidate {
  pod: Pod;
  claims: readonly PersistentVolumeClaim[];
  volumes: readonly PersistentVolume[];
}

/**
 * Why the node will not have the pod. The room that was made for others of at least the same priority is theirs;
 * as they may yet go elsewhere, the pod must fit without them as well.
 */
export function feasibility({ pod, claims, volumes }: Candidate, node: Node, view: ClusterView): Rejection | undefined {
  const ask = (seen: ClusterView) =>
    rejectionOf(pod, node, podsOnNode(seen, node)) ??
    takenByOther(pod, claims, seen) ??
    farFrom(volumes, node) ??
    withoutVolume(claims, seen) ??
    topologyRejection(pod, node, seen);
  const expected = view
    .nominatedTo(nameOf(node))
    .filter((other) => other.metadata.uid !== pod.metadata.uid && priorityOf(other) >= priorityOf(pod));
  if (expected.length === 0) return ask(view);
  return ask(withPodsOn(view, node, [...podsOnNode(view, node), ...expected])) ?? ask(view);
}

/** What the pods on the node and its neighbours have against the pod. */
export function topologyRejection(pod: Pod, node: Node, all: Neighbours): Rejection | undefined {
  return spreadRejection(pod, node, all) ?? affinityRejection(pod, node, all);
}
