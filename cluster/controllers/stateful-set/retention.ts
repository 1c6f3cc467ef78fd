/** Whom the claims of a StatefulSet's pods go with: the set, a pod that is scaled away, or nobody. */
import { isDeepStrictEqual } from 'node:util';
import { ownerReferenceTo } from '../../objects/owner-refs.ts';
import type { OwnerReference, PersistentVolumeClaim, Pod, StatefulSet } from '../../objects/types.ts';
import { claimNamesAt, ordinalOf, ordinalsOf, podName } from './identity.ts';

export interface OwnerChange {
  claim: PersistentVolumeClaim;
  ownerReferences: OwnerReference[];
}

/** Which claims have other owners than the set's policy wants. Claims that something else controls are left alone. */
export function ownerChanges(
  set: StatefulSet,
  owned: readonly Pod[],
  claims: readonly PersistentVolumeClaim[],
): OwnerChange[] {
  return owned.flatMap((pod) =>
    claimsOfPod(set, ordinalOf(set, pod), claims).flatMap((claim) => {
      const before = claim.metadata.ownerReferences ?? [];
      const foreign = before.filter(({ uid }) => uid !== set.metadata.uid && uid !== pod.metadata.uid);
      if (foreign.some(({ controller }) => controller)) return [];
      const ownerReferences = [...foreign, ...wantedOwners(set, pod)];
      return isDeepStrictEqual(before, ownerReferences) ? [] : [{ claim, ownerReferences }];
    }),
  );
}

/** Whether a claim of that place is about to go with a pod that is gone: the next pod must wait for a new one. */
export function hasStaleClaim(set: StatefulSet, ordinal: number, claims: readonly PersistentVolumeClaim[]): boolean {
  return claimsOfPod(set, ordinal, claims).some(({ metadata }) =>
    metadata.ownerReferences?.some(({ kind, name }) => kind === 'Pod' && name === podName(set, ordinal)),
  );
}

function wantedOwners(set: StatefulSet, pod: Pod): OwnerReference[] {
  const { whenDeleted, whenScaled } = set.spec?.persistentVolumeClaimRetentionPolicy ?? {};
  const isScaledAway = !ordinalsOf(set).includes(ordinalOf(set, pod) ?? -1);
  if (isScaledAway && whenScaled === 'Delete') return [ownerReferenceTo(pod)];
  return whenDeleted === 'Delete' ? [ownerReferenceTo(set)] : [];
}

function claimsOfPod(
  set: StatefulSet,
  ordinal: number | undefined,
  claims: readonly PersistentVolumeClaim[],
): PersistentVolumeClaim[] {
  const names = ordinal === undefined ? [] : claimNamesAt(set, ordinal);
  return claims.filter(
    ({ metadata }) => metadata.namespace === set.metadata.namespace && names.includes(metadata.name ?? ''),
  );
}
