import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ContainerSpec } from './container-runtime.ts';

export type Mount = ContainerSpec['mounts'][number];

/**
 * What a container sees elsewhere than it lies on the host: its volumes, and a `/tmp` of its own, so that what it leaves
 * there goes with it. What the container itself is made of stays where it is, should it lie below `/tmp`.
 * @param programs files and folders that the container's processes load from
 */
export function containerMounts(spec: ContainerSpec, programs: readonly string[]): Mount[] {
  const own = { mountPath: '/tmp', hostPath: join(spec.workingDir, 'tmp'), readOnly: false };
  const folders = [spec.workingDir, dirname(spec.image.entry), ...programs, ...spec.mounts.map((one) => one.hostPath)];
  const kept = new Set(folders.flatMap((path) => [folderInTmp(path), folderInTmp(real(path))]));
  const stays = [...kept].filter((path) => path !== undefined);
  return [...spec.mounts, own, ...stays.map((path) => ({ mountPath: path, hostPath: path, readOnly: false }))];
}

/**
 * A command line of a program of the host, with the host's paths in place of the container's: also in the text of a
 * shell's `-c`. Pure.
 * Differs: a program of the host sees volumes only where its command line names them by their absolute path, and prints
 * the host's path then. A shell at a prompt, a script in a file and a `cd` into a volume followed by a relative path work
 * as far as that goes. A host path with a space or a quote is not put into command lines.
 */
export function withHostPaths(args: readonly string[], mounts: readonly Mount[]): string[] {
  const ways = mounts
    .filter(({ hostPath, mountPath }) => mountPath !== hostPath && /^[\w/.+@:,-]+$/.test(hostPath))
    .toSorted((a, b) => b.mountPath.length - a.mountPath.length);
  if (ways.length === 0) return [...args];
  const names = ways.map(({ mountPath }) => mountPath.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)).join('|');
  const pattern = new RegExp(`(^|[\\s'"=<>|&;(:])(${names})(?=$|[/\\s'"&|;)<>])`, 'g');
  const stays = mounts.filter(({ hostPath, mountPath }) => mountPath === hostPath).map((one) => one.mountPath);
  return args.map((arg) =>
    arg.replaceAll(pattern, (whole: string, before: string, path: string, at: number) => {
      const rest = arg.slice(at + before.length);
      const isWritten = />\s*$/.test(arg.slice(0, at + before.length));
      const mount = ways.find(({ mountPath }) => mountPath === path);
      if (!mount || (mount.readOnly && isWritten)) return whole;
      return stays.some((one) => rest === one || rest.startsWith(`${one}/`)) ? whole : before + mount.hostPath;
    }),
  );
}

/** Where a program lies that a command names by its absolute path. Pure. */
export function hostPathOf(path: string, mounts: readonly Mount[]): string {
  return withHostPaths([path], mounts)[0] ?? path;
}

function folderInTmp(path: string): string | undefined {
  return /^\/tmp\/[^/]+/.exec(path)?.[0];
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
