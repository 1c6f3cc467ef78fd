import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import type { Fault } from '../../scenarios/fault.ts';
import { explainSystemError } from '../errors.ts';
import { manifestText, type ManifestFile } from './manifests.ts';

interface Workspace {
  /** The trainee's folder, `.brokenprod/incident`. */
  dir: string;
  manifests: readonly ManifestFile[];
  /** The shop's source, copied so that it can be changed and built. */
  sources: { dir: string; services: readonly string[] };
  faults: readonly Fault[];
  briefing: string;
}

/** The folder of a workspace in which the sources are. */
export function workspaceServices(dir: string): string {
  return join(dir, 'services');
}

/**
 * Writes what the trainee works with: the manifests as deployed, the sources, the briefing. A workspace that is there
 * already and was changed is kept beside it.
 * @returns the name under which the old one is kept, if it is
 * @throws LabError when the folder cannot be written or the disk is full
 */
export async function writeWorkspace(workspace: Workspace): Promise<string | undefined> {
  const draft = `${workspace.dir}.new`;
  try {
    await rm(draft, { recursive: true, force: true });
    await mkdir(join(draft, 'k8s'), { recursive: true });
    await Promise.all([
      writeFile(join(draft, 'briefing.md'), workspace.briefing),
      ...workspace.manifests.map((file) => writeFile(join(draft, 'k8s', file.name), manifestText(file))),
      copySources(workspace, workspaceServices(draft)),
    ]);
    return await putInPlace(draft, workspace.dir);
  } catch (error) {
    await rm(draft, { recursive: true, force: true }).catch(() => {});
    throw explainSystemError(error, workspace.dir);
  }
}

async function copySources({ sources, faults }: Workspace, target: string): Promise<void> {
  await Promise.all(
    [...sources.services, 'shared'].map((service) =>
      cp(join(sources.dir, service), join(target, service), {
        recursive: true,
        filter: (path) => !/\.test\.ts$|[\\/]testdata$/.test(path),
      }),
    ),
  );
  await Promise.all(
    faults.flatMap(({ overlays }) => overlays).map(({ path, from }) => cp(from, join(target, ...path.split('/')))),
  );
}

/** Fills the folder itself anew, as a shell may stand in it. */
async function putInPlace(draft: string, dir: string): Promise<string | undefined> {
  const [before, after] = await Promise.all([workspaceDigest(dir), workspaceDigest(draft)]);
  const kept = before && before !== after ? await freeName(dir) : undefined;
  if (kept) await cp(dir, kept, { recursive: true });
  await mkdir(dir, { recursive: true });
  for (const name of await readdir(dir)) await rm(join(dir, name), { recursive: true, force: true });
  for (const name of await readdir(draft)) await rename(join(draft, name), join(dir, name));
  await rm(draft, { recursive: true, force: true });
  return kept && basename(kept);
}

async function freeName(dir: string): Promise<string> {
  const names = new Set(await readdir(dirname(dir)));
  for (let number = 1; ; number++) {
    const name = `${basename(dir)}.bak-${number}`;
    if (!names.has(name)) return join(dirname(dir), name);
  }
}

/** One hash over every file, to see whether anything was changed; undefined when there is no folder. */
export async function workspaceDigest(dir: string): Promise<string | undefined> {
  try {
    const entries = await readdir(dir, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const hash = createHash('sha256');
    for (const file of files.toSorted()) hash.update(`${relative(dir, file)}\0`).update(await readFile(file));
    return hash.digest('hex');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
