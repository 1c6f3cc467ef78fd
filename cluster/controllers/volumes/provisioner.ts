import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import { persistentVolumeClaims, persistentVolumes } from '../../client/resources.ts';
import { isStatusError } from '../../objects/status-error.ts';
import type { PersistentVolumeClaim } from '../../objects/types.ts';
import { PROVISIONER, STORAGE_PROVISIONER } from './annotations.ts';
import { createData, provisionedVolume } from './provisioning.ts';

type Provision = (
  claim: PersistentVolumeClaim,
  target: { nodeName: string; reclaimPolicy: string | undefined },
) => Promise<void>;

/** Makes volumes for claims, as the provisioner of the storage class `local-path` does. */
export function createProvisioner(options: { client: Client; events: EventRecorder; volumesDir: string }): Provision {
  const { client, events, volumesDir } = options;
  return async (claim, target) => {
    const { name = '', namespace } = claim.metadata;
    const volume = provisionedVolume(claim, { volumesDir, ...target });
    const started = `External provisioner is provisioning volume for claim "${namespace}/${name}"`;
    events.record({ about: claim, type: 'Normal', reason: 'Provisioning', message: started });
    const patch = { metadata: { annotations: { [STORAGE_PROVISIONER]: PROVISIONER } } };
    await client.patch(persistentVolumeClaims, name, patch, { namespace });
    await createData(volume, volumesDir);
    try {
      await client.create(persistentVolumes, volume);
    } catch (error) {
      // Made in an earlier turn; the informer will bring it.
      if (isStatusError(error, 'AlreadyExists')) return;
      throw error;
    }
    const done = `Successfully provisioned volume ${volume.metadata.name}`;
    events.record({ about: claim, type: 'Normal', reason: 'ProvisioningSucceeded', message: done });
  };
}
