import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { PodAttachment } from '../network/pod-network.ts';
import type { Pod } from '../objects/types.ts';
import { type PodServices, sourcesOf, volumeLookups } from './pod-services.ts';
import { type MountedVolumes, mountVolumes } from './volumes.ts';

/** What a pod has for all its containers. */
export interface PodGround {
  attachment: PodAttachment;
  volumes: MountedVolumes;
  podDir: string;
  logDir: string;
}

/**
 * Mounts the pod's volumes; to be called again when something that they show has changed.
 * @throws MountError naming the first volume that cannot be mounted
 */
export function prepareGround(pod: Pod, attachment: PodAttachment, services: PodServices): PodGround {
  const { podDir, logDir } = foldersOf(pod, services);
  const volumes = mountVolumes({
    pod,
    sources: sourcesOf(pod, services),
    addresses: { podIP: attachment.ip, hostIP: services.hostIP },
    podDir,
    volumesDir: services.dirs.volumesDir,
    ...volumeLookups(pod, services),
  });
  return { attachment, volumes, podDir, logDir };
}

/** Gives back the pod's address and removes its files. */
export function clearGround(pod: Pod, services: PodServices): void {
  services.network.detach(pod.metadata.uid ?? '');
  for (const folder of Object.values(foldersOf(pod, services))) rmSync(folder, { recursive: true, force: true });
}

function foldersOf(pod: Pod, { dirs }: PodServices): Pick<PodGround, 'podDir' | 'logDir'> {
  const { uid = '', name, namespace } = pod.metadata;
  return { podDir: join(dirs.podsDir, uid), logDir: join(dirs.logsDir, `${namespace}_${name}_${uid}`) };
}
