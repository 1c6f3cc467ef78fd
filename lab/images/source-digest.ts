import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/**
 * One hash over everything that an image is made of: the service's sources, what it shares with the others, and `salt`
 * for the recipe. Tests do not count.
 * @returns 64 hex digits
 */
export async function sourceDigest(sourceDir: string, service: string, salt: readonly string[]): Promise<string> {
  const files = (await Promise.all([sourcesIn(join(sourceDir, service)), sourcesIn(join(sourceDir, 'shared'))])).flat();
  const contents = await Promise.all(files.map((file) => readFile(file)));
  const hash = createHash('sha256');
  for (const part of salt) {
    hash.update(`${part}\0`);
  }
  for (const [index, file] of files.entries()) {
    hash.update(`${relative(sourceDir, file).replaceAll('\\', '/')}\0`).update(contents[index] ?? '');
    hash.update('\0');
  }
  return hash.digest('hex');
}

async function sourcesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}
