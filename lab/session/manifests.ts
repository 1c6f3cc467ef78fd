import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import type { Manifest } from '../../lib/kube/apply.ts';

/** A manifest file: its objects in their order. */
export interface ManifestFile {
  name: string;
  objects: Manifest[];
}

/**
 * Reads the manifest files of a folder, in the order of their names.
 * @throws Error naming the file when one is no valid YAML
 */
export async function readManifests(dir: string): Promise<ManifestFile[]> {
  const names = (await readdir(dir)).filter((name) => /\.ya?ml$/.test(name)).toSorted();
  return Promise.all(
    names.map(async (name) => ({ name, objects: parseObjects(await readFile(join(dir, name), 'utf8'), name) })),
  );
}

function parseObjects(text: string, name: string): Manifest[] {
  const documents = parseAllDocuments(text);
  return documents.flatMap((document) => {
    const [error] = document.errors;
    if (error) throw new Error(`${name}: ${error.message}`, { cause: error });
    const object = document.toJS() as Manifest | null;
    return object ? [object] : [];
  });
}

export function manifestText(file: ManifestFile): string {
  return file.objects.map((object) => stringify(object, { lineWidth: 0 })).join('---\n');
}

/** The same files with other objects in them, given in the same order. */
export function withObjects(files: readonly ManifestFile[], objects: readonly Manifest[]): ManifestFile[] {
  const rest = [...objects];
  return files.map((file) => ({ name: file.name, objects: rest.splice(0, file.objects.length) }));
}

/** A file of its own for one object, named by what it holds and read after the shop's own files. */
export function fileOf(object: Manifest): ManifestFile {
  return { name: `20-${object.kind.toLowerCase()}-${object.metadata.name}.yaml`, objects: [object] };
}
