import { access, constants, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LabFolder } from './lab-folder.ts';

/** The parts of this package that a lab is made of. */
export const project = {
  root: join(import.meta.dirname, '..'),
  services: join(import.meta.dirname, '../services'),
  manifests: join(import.meta.dirname, '../k8s'),
  scenarios: join(import.meta.dirname, '../scenarios'),
} as const;

/**
 * Where what can be made again is kept between labs: beside the installed packages, or in the lab when those belong
 * to somebody else.
 */
export async function cacheDir(folder: LabFolder): Promise<string> {
  const shared = join(project.root, 'node_modules', '.cache', 'brokenprod');
  try {
    await mkdir(shared, { recursive: true });
    await access(shared, constants.W_OK);
    return shared;
  } catch {
    return join(folder.dir, 'cache');
  }
}
