/** What a cluster keeps on disk besides its objects: folders, and the secrets of who may use it. */
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Written whole or not at all, readable by its owner only: it holds the token. */
export async function writeSecret(path: string, text: string): Promise<void> {
  const temporary = `${path}.new`;
  await writeFile(temporary, text, { mode: 0o600 });
  await chmod(temporary, 0o600);
  await rename(temporary, path);
}

/** The token in the kubeconfig. A cluster that goes on keeps it, so that copies of the kubeconfig stay good. */
export async function adminToken(file: string | undefined): Promise<string> {
  const kept = file ? await readFile(file, 'utf8').catch(() => '') : '';
  if (kept) return kept;
  const token = randomBytes(24).toString('base64url');
  if (file) await writeSecret(file, token);
  return token;
}

/** The folders of a cluster, each for one purpose. */
export interface Dirs {
  images: string;
  volumes: string;
  pods: string;
  logs: string;
  run: string;
  tls: string;
  store: string;
}

export async function makeDirs(dir: string): Promise<Dirs> {
  const at = (name: string) => join(dir, name);
  const dirs: Dirs = {
    images: at('images'),
    volumes: at('volumes'),
    pods: at('pods'),
    logs: at(join('logs', 'pods')),
    run: at('run'),
    tls: at('tls'),
    store: at('store'),
  };
  for (const path of Object.values(dirs)) await mkdir(path, { recursive: true, mode: 0o700 });
  return dirs;
}
