import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { Container, PersistentVolume, PersistentVolumeClaim, Pod } from '../objects/types.ts';
import type { ContainerSpec } from '../runtime/container-runtime.ts';
import { ConfigError } from './environment.ts';
import { expand, unresolved } from './expand.ts';
import { type ContentContext, MountError, showsObjects, volumeContent, type VolumeFiles } from './volume-content.ts';

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

/**
 * The mounts of one container that is about to start with `env`. A `subPath` that is not there becomes a folder.
 * @throws ConfigError when a `subPathExpr` names a variable that the container does not have
 */
export function mountsOf(
  container: Container,
  pod: Pod,
  given: { volumes: MountedVolumes; podDir: string; env: Readonly<Record<string, string>> },
): ContainerSpec['mounts'] {
  return (container.volumeMounts ?? []).map((mount, index) => {
    const { name, mountPath, subPathExpr = '', readOnly = false } = mount;
    const volume = given.volumes.get(name) ?? '';
    const missing = unresolved(subPathExpr, given.env);
    if (missing.length > 0) throw new ConfigError(`missing value for ${missing.join(', ')}`);
    const subPath = mount.subPath || expand(subPathExpr, given.env);
    if (!subPath) return { mountPath, hostPath: volume, readOnly };
    const part = inside(volume, subPath);
    if (!existsSync(part)) mkdirSync(part, { recursive: true });
    const isShown = pod.spec?.volumes?.some((one) => one.name === name && showsObjects(one));
    const copy = join(given.podDir, 'volume-subpaths', name, container.name, String(index));
    return { mountPath, hostPath: isShown ? frozen(part, copy) : part, readOnly };
  });
}

/** Part of a volume that shows objects of the API stays as it is until its container is started again. */
function frozen(part: string, copy: string): string {
  rmSync(copy, { recursive: true, force: true });
  cpSync(part, copy, { recursive: true });
  return copy;
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
