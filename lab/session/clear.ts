import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LabFolder } from '../lab-folder.ts';

/**
 * Removes the lab's state, and its folder when nothing is left in it.
 * @param keep names in `.brokenprod` that stay
 */
export async function clearState(folder: LabFolder, keep: (name: string) => boolean): Promise<void> {
  const names = await readdir(folder.dir).catch(() => []);
  const doomed = names.filter((name) => !keep(name));
  await Promise.all(
    doomed.map((name) => rm(join(folder.dir, name), { recursive: true, force: true, maxRetries: 3 }).catch(() => {})),
  );
  if (doomed.length === names.length) await rmdir(folder.dir).catch(() => {});
}

/** What the trainee made, and could not get back. */
export function isKeepsake(name: string): boolean {
  return name === 'verdicts' || name.startsWith('incident.bak-');
}
