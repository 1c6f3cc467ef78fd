import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { Container, PersistentVolume, PersistentVolumeClaim, Pod } from '../objects/types.ts';
import type { ContainerSpec } from '../runtime/container-runtime.ts';
import { type ContentContext, MountError, volumeContent, type VolumeFiles } from './volume-content.ts';

type Volume = NonNullable<NonNullable<Pod['spec']>['volumes']>[number];

export interface VolumeContext extends ContentContext {
  /** Holds this pod's own volumes; goes with the pod. */
  podDir: string;
  /** All that a hostPath can reach. */
  volumesDir: string;
  claim(name: string): PersistentVolumeClaim | undefined;
  persistentVolume(name: string): PersistentVolume | undefined;
}

/** Host paths by volume name. */
export type MountedVolumes = ReadonlyMap<string, string>;

/**
 * Brings every volume of the pod to what it should hold now; to be called again when a ConfigMap or Secret changes.
 * Differs: a change shows at once; a real kubelet takes up to a minute.
 * @throws MountErrors with a text for each volume that cannot be mounted
 */
export function mountVolumes(context: VolumeContext): MountedVolumes {
  const mounted = new Map<string, string>();
  const messages: string[] = [];
  for (const volume of context.pod.spec?.volumes ?? []) {
    try {
      mounted.set(volume.name, mountVolume(volume, context));
    } catch (error) {
      messages.push(`MountVolume.SetUp failed for volume "${volume.name}" : ${(error as Error).message}`);
    }
  }
  if (messages.length > 0) throw new MountErrors(messages);
  return mounted;
}

/** Each volume is tried, and each that fails has an event of its own. */
export class MountErrors extends Error {
  override readonly name = 'MountErrors';
  readonly messages: readonly string[];

  constructor(messages: readonly string[]) {
    super(messages.join(', '));
    this.messages = messages;
  }
}

/** The mounts of one container; `subPath` names a file or folder inside the volume. */
export function mountsOf(container: Container, volumes: MountedVolumes): ContainerSpec['mounts'] {
  return (container.volumeMounts ?? []).map((mount) => {
    const hostPath = volumes.get(mount.name) ?? '';
    return {
      mountPath: mount.mountPath,
      hostPath: mount.subPath ? inside(hostPath, mount.subPath) : hostPath,
      readOnly: mount.readOnly ?? false,
    };
  });
}

function mountVolume(volume: Volume, context: VolumeContext): string {
  const own = join(context.podDir, 'volumes', volume.name);
  const files = volumeContent(volume, context);
  if (files) return writeFiles(own, files);
  if (volume.hostPath) {
    const { path, type } = volume.hostPath;
    const folder = hostFolder(path, context.volumesDir);
    if (type === 'Directory' && !existsSync(folder)) {
      throw new MountError(`hostPath type check failed: ${path} is not a directory`);
    }
    return ensureFolder(folder);
  }
  if (volume.persistentVolumeClaim) return ensureFolder(claimFolder(volume.persistentVolumeClaim.claimName, context));
  return ensureFolder(own);
}

function claimFolder(claimName: string, context: VolumeContext): string {
  const claim = context.claim(claimName);
  if (!claim) throw new MountError(`persistentvolumeclaim "${claimName}" not found`);
  const volume = context.persistentVolume(claim.spec?.volumeName ?? '');
  const path = volume?.spec?.hostPath?.path ?? volume?.spec?.local?.path;
  if (!path) throw new MountError(`persistentvolumeclaim "${claimName}" is not bound`);
  return hostFolder(path, context.volumesDir);
}

/** Differs: a host path is a folder of the cluster's own, never one of the machine. */
function hostFolder(path: string, volumesDir: string): string {
  const within = relative(volumesDir, path);
  return within.startsWith('..') || isAbsolute(within) ? inside(join(volumesDir, 'host'), path) : path;
}

/** Joins without letting `..` lead out. */
function inside(folder: string, path: string): string {
  return join(folder, resolve('/', path));
}

function ensureFolder(folder: string): string {
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Writes what has changed, each file in one step, and removes what is no longer there. */
function writeFiles(folder: string, files: VolumeFiles): string {
  ensureFolder(folder);
  for (const name of readdirSync(folder, { recursive: true }) as string[]) {
    const file = join(folder, name);
    if (statSync(file).isFile() && !files.has(name.replaceAll('\\', '/'))) rmSync(file);
  }
  for (const [path, content] of files) {
    const file = inside(folder, path);
    if (read(file)?.equals(content)) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, content);
    renameSync(`${file}.new`, file);
  }
  return folder;
}

function read(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
