import { parseQuantity } from '../../objects/quantity.ts';
import { matchesLabels } from '../../objects/selector.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../objects/types.ts';

/** The volume to bind a claim to: one reserved for it, else the smallest free one that will do. */
export function findVolume(
  claim: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
): PersistentVolume | undefined {
  const usable = volumes.filter((volume) => !volume.metadata.deletionTimestamp);
  const reserved = usable.find((volume) => isReservedFor(volume, claim));
  if (reserved) return reserved;
  const wanted = claim.spec?.volumeName;
  return usable
    .filter((volume) => !volume.spec?.claimRef && (!wanted || volume.metadata.name === wanted) && fits(volume, claim))
    .toSorted((a, b) => capacity(a) - capacity(b) || (a.metadata.name ?? '').localeCompare(b.metadata.name ?? ''))[0];
}

/** Whether the volume names the claim; a UID, once there, must be the same. */
export function isReservedFor({ spec }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  const { name, namespace, uid } = spec?.claimRef ?? {};
  return name === metadata.name && namespace === metadata.namespace && (!uid || uid === metadata.uid);
}

function fits(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const modes = volume.spec?.accessModes ?? [];
  return (
    (volume.spec?.storageClassName ?? '') === (claim.spec?.storageClassName ?? '') &&
    (claim.spec?.accessModes ?? []).every((mode) => modes.includes(mode)) &&
    (claim.spec?.selector === undefined || matchesLabels(claim.spec.selector, volume.metadata.labels)) &&
    capacity(volume) >= parseQuantity(claim.spec?.resources?.requests?.storage ?? '0')
  );
}

function capacity(volume: PersistentVolume): number {
  return parseQuantity(volume.spec?.capacity?.storage ?? '0');
}
