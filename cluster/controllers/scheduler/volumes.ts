/** Whether the volumes of a pod are there, and where they can be had. */
import { matchesLabels } from '../../objects/selector.ts';
import type { Node, PersistentVolume, PersistentVolumeClaim, Pod } from '../../objects/types.ts';
import { NO_PROVISIONER } from '../volumes/annotations.ts';
import { findVolume } from '../volumes/matching.ts';
import { podsOnNode, type ClusterView, type Neighbours } from './cluster-view.ts';
import type { Rejection } from './filters.ts';

/** The pod's claims, or the text that says what is wrong with one of them. */
export function claimsOf(pod: Pod, view: ClusterView): PersistentVolumeClaim[] | string {
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

/** A claim for one pod alone keeps the others waiting, whichever node that one is on. */
export function takenByOther(
  { metadata }: Pod,
  claims: readonly PersistentVolumeClaim[],
  all: Neighbours,
): Rejection | undefined {
  const exclusive = claims.filter(({ spec }) => spec?.accessModes?.includes('ReadWriteOncePod'));
  if (exclusive.length === 0) return undefined;
  const names = new Set(exclusive.map((claim) => claim.metadata.name));
  const isTaken = all.nodes
    .flatMap((node) => podsOnNode(all, node))
    .filter((other) => other.metadata.namespace === metadata.namespace && other.metadata.uid !== metadata.uid)
    .some(({ spec }) =>
      spec?.volumes?.some(({ persistentVolumeClaim }) => names.has(persistentVolumeClaim?.claimName)),
    );
  const reason = 'node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode';
  return isTaken ? { reasons: [reason], curable: true } : undefined;
}

/** Volumes that are folders of one node can be had there only. */
export function farFrom(volumes: readonly PersistentVolume[], { metadata }: Node): Rejection | undefined {
  const isHere = volumes.every(({ spec }) => {
    const terms = spec?.nodeAffinity?.required?.nodeSelectorTerms;
    return terms?.some(({ matchExpressions }) => matchesLabels({ matchExpressions }, metadata.labels)) ?? true;
  });
  return isHere ? undefined : { reasons: ["node(s) didn't match PersistentVolume's node affinity"], curable: false };
}

/** Nobody makes volumes for some classes, so one must be there. */
export function withoutVolume(
  claims: readonly PersistentVolumeClaim[],
  { storageClass, volumes }: Pick<ClusterView, 'storageClass' | 'volumes'>,
): Rejection | undefined {
  const isMissing = claims.some(
    (claim) =>
      !claim.spec?.volumeName &&
      storageClass(claim.spec?.storageClassName ?? '')?.provisioner === NO_PROVISIONER &&
      !findVolume(claim, volumes()),
  );
  return isMissing
    ? { reasons: ["node(s) didn't find available persistent volumes to bind"], curable: false }
    : undefined;
}
