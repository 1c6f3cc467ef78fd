import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { PodAttachment } from '../network/pod-network.ts';
import type { Pod } from '../objects/types.ts';
import type { ContentContext } from './volume-content.ts';
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
 * @throws MountErrors with a text for each volume that cannot be mounted
 */
export function prepareGround(
  pod: Pod,
  given: { attachment: PodAttachment; services: PodServices; token: ContentContext['token'] },
): PodGround {
  const { attachment, services, token } = given;
  const { podDir, logDir } = foldersOf(pod, services);
  const volumes = mountVolumes({
    pod,
    sources: sourcesOf(pod, services),
    addresses: { podIP: attachment.ip, hostIP: services.hostIP },
    token,
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

/** What one container writes outside of volumes. */
export function containerDir(podDir: string, container: string): string {
  return join(podDir, 'containers', container);
}

/** @param attempt the number of the run, 0 for the first */
export function logFileOf(logDir: string, container: string, attempt: number): string {
  return join(logDir, container, `${attempt}.log`);
}

/** Removes the folders of pods that are no more: an earlier kubelet did not get to it. */
export function clearLeftGround(alive: readonly Pod[], dirs: PodServices['dirs']): void {
  const kept = new Set(alive.flatMap((pod) => Object.values(foldersOf(pod, { dirs }))));
  for (const dir of [dirs.podsDir, dirs.logsDir]) {
    for (const name of readdirSync(dir)) {
      const folder = join(dir, name);
      if (!kept.has(folder)) rmSync(folder, { recursive: true, force: true });
    }
  }
}

export function foldersOf(pod: Pod, { dirs }: Pick<PodServices, 'dirs'>): Pick<PodGround, 'podDir' | 'logDir'> {
  const { uid = '', name, namespace } = pod.metadata;
  return { podDir: join(dirs.podsDir, uid), logDir: join(dirs.logsDir, `${namespace}_${name}_${uid}`) };
}
