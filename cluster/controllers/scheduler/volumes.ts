/** Whether the volumes of a pod are there, and where they can be had. */
import { matchesLabels } from '../../objects/selector.ts';
import type { Node, PersistentVolume, PersistentVolumeClaim, Pod } from '../../objects/types.ts';
import type { ClusterView } from './cluster-view.ts';
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

/** Volumes that are folders of one node can be had there only. */
export function farFrom(volumes: readonly PersistentVolume[], { metadata }: Node): Rejection | undefined {
  const isHere = volumes.every(({ spec }) => {
    const terms = spec?.nodeAffinity?.required?.nodeSelectorTerms;
    return terms?.some(({ matchExpressions }) => matchesLabels({ matchExpressions }, metadata.labels)) ?? true;
  });
  return isHere ? undefined : { reasons: ["node(s) didn't match PersistentVolume's node affinity"], curable: false };
}
