/** PersistentVolume: follows its claim; when that is gone, the data and the volume go too, if its policy says so. */
import type { Controller } from '../client/controller.ts';
import { keyOf } from '../client/controller.ts';
import { persistentVolumeClaims, persistentVolumes } from '../client/resources.ts';
import { PV_PROTECTION } from '../objects/finalizers.ts';
import { isStatusError } from '../objects/status-error.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../objects/types.ts';
import type { ControllerContext } from './context.ts';
import { PROVISIONED_BY, PROVISIONER } from './volumes/annotations.ts';
import { removeData } from './volumes/provisioning.ts';

type Phase = 'Available' | 'Bound' | 'Released';

export function createPersistentVolumeController({ client, informers, options }: ControllerContext): Controller {
  const volumeInformer = informers.for(persistentVolumes);
  const claimInformer = informers.for(persistentVolumeClaims);

  async function reconcile(key: string): Promise<void> {
    const volume = volumeInformer.get(key);
    if (!volume) return;
    const phase = phaseOf(volume, await claimOf(volume));
    if (volume.metadata.deletionTimestamp) {
      if (phase !== 'Bound') await unprotect(volume);
      return;
    }
    if (phase !== volume.status?.phase) {
      await client.updateStatus(persistentVolumes, { ...volume, status: { ...volume.status, phase } });
      return;
    }
    if (phase === 'Released' && isReclaimable(volume)) await reclaim(volume);
  }

  /** Asks the server, not the informer: on this answer data is removed. */
  async function claimOf({ spec }: PersistentVolume): Promise<PersistentVolumeClaim | undefined> {
    const { name = '', namespace } = spec?.claimRef ?? {};
    if (!name) return undefined;
    try {
      return await client.get(persistentVolumeClaims, name, namespace);
    } catch (error) {
      if (isStatusError(error, 'NotFound')) return undefined;
      throw error;
    }
  }

  async function reclaim(volume: PersistentVolume): Promise<void> {
    await removeData(volume, options.volumesDir);
    const { name = '', uid } = volume.metadata;
    try {
      await client.delete(persistentVolumes, name, { uid });
    } catch (error) {
      if (!isStatusError(error, 'NotFound')) throw error;
    }
  }

  async function unprotect({ metadata }: PersistentVolume): Promise<void> {
    const { name = '', finalizers = [], resourceVersion } = metadata;
    if (!finalizers.includes(PV_PROTECTION)) return;
    const rest = finalizers.filter((finalizer) => finalizer !== PV_PROTECTION);
    await client.patch(persistentVolumes, name, { metadata: { finalizers: rest, resourceVersion } });
  }

  return {
    name: 'persistent-volume',
    watches: [
      { informer: volumeInformer, keysOf: (volume: PersistentVolume) => [keyOf(volume)] },
      {
        informer: claimInformer,
        keysOf: (claim: PersistentVolumeClaim) => (claim.spec?.volumeName ? [claim.spec.volumeName] : []),
      },
    ],
    reconcile,
  };
}

/** The phase of a volume whose claim reference leads to `claim`. */
export function phaseOf({ spec }: PersistentVolume, claim: PersistentVolumeClaim | undefined): Phase {
  if (!spec?.claimRef?.uid) return 'Available';
  return claim?.metadata.uid === spec.claimRef.uid ? 'Bound' : 'Released';
}

function isReclaimable({ spec, metadata }: PersistentVolume): boolean {
  return spec?.persistentVolumeReclaimPolicy === 'Delete' && metadata.annotations?.[PROVISIONED_BY] === PROVISIONER;
}
