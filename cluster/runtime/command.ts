import { accessSync, constants, statSync } from 'node:fs';
import { basename, delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { hostPathOf, type Mount, withHostPaths } from './container-mounts.ts';
import type { ContainerSpec } from './container-runtime.ts';

export interface Command {
  file: string;
  args: readonly string[];
  /** What the program is told that it was called by: a shell begins its complaints with it. */
  argv0?: string;
}

/** Where containers and exec sessions look for programs: the applets first, then Node, then the host's own. */
export function searchPath(appletsDir: string): string {
  return [appletsDir, dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter);
}

/**
 * What a container runs: the image's entry under Node, or the pod's own command. As the entry is what a Dockerfile calls
 * CMD, `args` alone replace it.
 * @throws Error with the words of the container runtime when the program does not exist
 */
export function containerCommand(spec: ContainerSpec, path: string, mounts: readonly Mount[]): Command {
  const words = [...(spec.command ?? []), ...(spec.args ?? [])];
  if (words.length === 0) return { file: process.execPath, args: [...spec.image.nodeOptions, spec.image.entry] };
  return resolveCommand(words, {
    path,
    mounts,
    workingDir: spec.workingDir,
    nodeOptions: spec.image.nodeOptions,
  });
}

/** As `containerCommand`, for the words of `kubectl exec`. */
export function resolveCommand(
  words: readonly string[],
  where: { path: string; workingDir: string; mounts: readonly Mount[]; nodeOptions?: readonly string[] },
): Command {
  const [name = '', ...args] = words;
  if (name === 'node' || (isAbsolute(name) && basename(name) === 'node')) {
    return { file: process.execPath, args: [...(where.nodeOptions ?? []), ...args] };
  }
  if (name.includes('/')) {
    const file = existing(name, resolve(where.workingDir, hostPathOf(name, where.mounts)));
    return { file, args: withHostPaths(args, where.mounts) };
  }
  const [applets, ...folders] = where.path.split(delimiter);
  const applet = join(applets ?? '', name);
  // Applets are Node programs: they see the mounts by themselves.
  if (name !== '' && problemOf(applet) === undefined) return { file: applet, args };
  for (const folder of folders) {
    const file = join(folder, name);
    if (name !== '' && problemOf(file) === undefined) {
      return { file, args: withHostPaths(args, where.mounts), argv0: name };
    }
  }
  throw noSuchProgram(name);
}

/** In the words of the container runtime. */
export function noSuchProgram(name: string): Error {
  const why = name.includes('/') ? `stat ${name}: no such file or directory` : 'executable file not found in $PATH';
  return new Error(`exec: "${name}": ${why}`);
}

function existing(name: string, file: string): string {
  const problem = problemOf(file);
  if (problem === 'ENOENT') throw noSuchProgram(name);
  if (problem) throw new Error(`exec: "${name}": permission denied`);
  return file;
}

function problemOf(file: string): 'ENOENT' | 'EACCES' | undefined {
  try {
    if (!statSync(file).isFile()) return 'EACCES';
    accessSync(file, constants.X_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? 'EACCES' : 'ENOENT';
  }
}
