/** The volumes of the storage class `local-path`: directories on the node. */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { PersistentVolume, PersistentVolumeClaim } from '../../objects/types.ts';
import { PROVISIONED_BY, PROVISIONER } from './annotations.ts';

/** The volume that satisfies a claim, with its data below `volumesDir`. */
export function provisionedVolume(
  claim: PersistentVolumeClaim,
  { volumesDir, nodeName, reclaimPolicy = 'Delete' }: { volumesDir: string; nodeName: string; reclaimPolicy?: string },
): PersistentVolume {
  const { name = '', namespace = '', uid = '', resourceVersion } = claim.metadata;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      name: volumeNameOf(claim),
      annotations: { 'local.path.provisioner/selected-node': nodeName, [PROVISIONED_BY]: PROVISIONER },
    },
    spec: {
      accessModes: claim.spec?.accessModes,
      capacity: { storage: claim.spec?.resources?.requests?.storage ?? '0' },
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace, resourceVersion, uid },
      hostPath: {
        path: path.join(volumesDir, `${volumeNameOf(claim)}_${namespace}_${name}`),
        type: 'DirectoryOrCreate',
      },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [nodeName] }] },
          ],
        },
      },
      persistentVolumeReclaimPolicy: reclaimPolicy,
      storageClassName: claim.spec?.storageClassName,
      volumeMode: 'Filesystem',
    },
  };
}

export function volumeNameOf(claim: PersistentVolumeClaim): string {
  return `pvc-${claim.metadata.uid}`;
}

/** Makes the volume's directory. */
export async function createData(volume: PersistentVolume, volumesDir: string): Promise<void> {
  const directory = dataDirectory(volume, volumesDir);
  if (directory) await mkdir(directory, { recursive: true, mode: 0o700 });
}

/** Removes the volume's directory and all in it. */
export async function removeData(volume: PersistentVolume, volumesDir: string): Promise<void> {
  const directory = dataDirectory(volume, volumesDir);
  if (directory) await rm(directory, { recursive: true, force: true });
}

/** Only what this provisioner made, right below `volumesDir`: a volume's path is user input like any other. */
function dataDirectory(volume: PersistentVolume, volumesDir: string): string | undefined {
  const directory = path.resolve(volume.spec?.hostPath?.path ?? '');
  const isOurs = volume.metadata.annotations?.[PROVISIONED_BY] === PROVISIONER;
  return isOurs && path.dirname(directory) === path.resolve(volumesDir) ? directory : undefined;
}
