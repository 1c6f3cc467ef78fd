/** Where a pod goes, or why it cannot go anywhere. */
import { matchesLabels } from '../../objects/selector.ts';
import type { Node, PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../../objects/types.ts';
import { rejectionOf, type Rejection } from './filters.ts';
import { toRequests, weighedRequests } from './requests.ts';
import { topologyRejection } from './topology.ts';

export type Placement =
  | { type: 'bind'; nodeName: string }
  /** The pod fits, but its volumes must be made on that node first. */
  | { type: 'provision'; nodeName: string; claims: PersistentVolumeClaim[] }
  | { type: 'unschedulable'; message: string };

export interface ClusterView {
  nodes: readonly Node[];
  /** Pods that hold resources of the node: bound or about to be, and not ended. */
  podsOn(nodeName: string): readonly Pod[];
  claim(namespace: string | undefined, name: string): PersistentVolumeClaim | undefined;
  volume(name: string): PersistentVolume | undefined;
  storageClass(name: string): StorageClass | undefined;
}

export function place(pod: Pod, view: ClusterView): Placement {
  if (view.nodes.length === 0) return { type: 'unschedulable', message: 'no nodes available to schedule pods' };
  const claims = claimsOf(pod, view);
  if (typeof claims === 'string') {
    const rejections = view.nodes.map((): Rejection => ({ reasons: [], curable: false }));
    return { type: 'unschedulable', message: `${available(view)}: ${claims}. ${preemptionText(rejections)}` };
  }
  const volumes = claims.flatMap(({ spec }) => (spec?.volumeName && view.volume(spec.volumeName)) || []);
  const verdicts = view.nodes.map((node) => ({
    node,
    rejection:
      rejectionOf(pod, node, podsOn(view, node)) ?? farFrom(volumes, node) ?? topologyRejection(pod, node, view),
  }));
  const fitting = verdicts.filter(({ rejection }) => !rejection).map(({ node }) => node);
  const [best] = fitting.toSorted((a, b) => load(view, a) - load(view, b) || nameOf(a).localeCompare(nameOf(b)));
  if (!best) {
    const rejections = verdicts.flatMap(({ rejection }) => rejection ?? []);
    const reasons = counted(rejections.flatMap((rejection) => rejection.reasons));
    return { type: 'unschedulable', message: `${available(view)}: ${reasons}. ${preemptionText(rejections)}` };
  }
  const unbound = claims.filter((claim) => !claim.spec?.volumeName);
  return unbound.length > 0
    ? { type: 'provision', nodeName: nameOf(best), claims: unbound }
    : { type: 'bind', nodeName: nameOf(best) };
}

/** Volumes that are folders of one node can be had there only. */
function farFrom(volumes: readonly PersistentVolume[], { metadata }: Node): Rejection | undefined {
  const isHere = volumes.every(({ spec }) => {
    const terms = spec?.nodeAffinity?.required?.nodeSelectorTerms;
    return terms?.some(({ matchExpressions }) => matchesLabels({ matchExpressions }, metadata.labels)) ?? true;
  });
  return isHere ? undefined : { reasons: ["node(s) didn't match PersistentVolume's node affinity"], curable: false };
}

/** The pod's claims, or the text that says what is wrong with one of them. */
function claimsOf(pod: Pod, view: ClusterView): PersistentVolumeClaim[] | string {
  const claims: PersistentVolumeClaim[] = [];
  for (const { persistentVolumeClaim } of pod.spec?.volumes ?? []) {
    if (!persistentVolumeClaim) continue;
    const name = persistentVolumeClaim.claimName;
    const claim = view.claim(pod.metadata.namespace, name);
    if (!claim) return `persistentvolumeclaim "${name}" not found`;
    if (claim.metadata.deletionTimestamp) return `persistentvolumeclaim "${name}" is being deleted`;
    if (claim.status?.phase === 'Lost') {
      return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec?.volumeName}"`;
    }
    const storageClass = view.storageClass(claim.spec?.storageClassName ?? '');
    if (claim.status?.phase !== 'Bound' && storageClass?.volumeBindingMode !== 'WaitForFirstConsumer') {
      return 'pod has unbound immediate PersistentVolumeClaims';
    }
    claims.push(claim);
  }
  return claims;
}

function available(view: ClusterView): string {
  return `0/${view.nodes.length} nodes are available`;
}

function preemptionText(rejections: readonly Rejection[]): string {
  const reasons = rejections.map(({ curable }) =>
    curable ? 'No preemption victims found for incoming pod' : 'Preemption is not helpful for scheduling',
  );
  return `no new claims to deallocate, preemption: 0/${rejections.length} nodes are available: ${counted(reasons)}.`;
}

function counted(reasons: readonly string[]): string {
  const counts = Map.groupBy(reasons, (reason) => reason);
  return [...counts]
    .map(([reason, same]) => `${same.length} ${reason}`)
    .toSorted()
    .join(', ');
}

/** The share of the node that is requested, the greater of CPU and memory. */
function load(view: ClusterView, node: Node): number {
  const capacity = toRequests(node.status?.allocatable);
  const used = podsOn(view, node).map(weighedRequests);
  const share = (resource: 'cpuMillis' | 'memoryBytes') =>
    used.reduce((total, requests) => total + requests[resource], 0) / (capacity[resource] || 1);
  return Math.max(share('cpuMillis'), share('memoryBytes'));
}

function podsOn(view: ClusterView, node: Node): readonly Pod[] {
  return view.podsOn(nameOf(node));
}

function nameOf(node: Node): string {
  return node.metadata.name ?? '';
}
