import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Image } from './container-runtime.ts';
import { parseImageReference } from './image-reference.ts';

export interface StoredImage {
  /** `docker.io/library/web:v1`. */
  reference: string;
  image: Image;
}

/**
 * The images of a node: one small file for each tag, `<dir>/<registry>/<name>/<tag>.json`. It is read on each question,
 * so that another process can add an image while the cluster runs.
 */
export class ImageStore {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Undefined when there is no such image or the reference is malformed. */
  async get(reference: string): Promise<Image | undefined> {
    const parsed = parseImageReference(reference);
    if (!parsed) return undefined;
    if (parsed.tag) {
      const image = await this.#read(this.#file(parsed.repository, parsed.tag));
      return image && (!parsed.digest || image.digest === parsed.digest) ? image : undefined;
    }
    const tagged = await this.#tags(parsed.repository);
    return tagged.find(({ image }) => image.digest === parsed.digest)?.image;
  }

  /**
   * Adds or replaces what a tag names; a reader sees the old image or the new one, never a half.
   * @throws Error when the reference is malformed or names a digest
   */
  async put(reference: string, image: Image): Promise<void> {
    const parsed = parseImageReference(reference);
    if (!parsed?.tag || parsed.digest)
      throw new Error(`image reference "${reference}" names no tag that can be written`);
    const file = this.#file(parsed.repository, parsed.tag);
    await mkdir(dirname(file), { recursive: true });
    const temporary = `${file}.${randomUUID()}.new`;
    await writeFile(temporary, `${JSON.stringify(image, null, 2)}\n`);
    await rename(temporary, file);
  }

  /** Whether any tag of the reference's repository was ever stored. */
  async hasRepository(reference: string): Promise<boolean> {
    const parsed = parseImageReference(reference);
    return parsed ? (await this.#tags(parsed.repository)).length > 0 : false;
  }

  async list(): Promise<StoredImage[]> {
    const files = await readdir(this.#dir, { recursive: true }).catch(() => []);
    const found: StoredImage[] = [];
    for (const file of files.toSorted((a, b) => a.localeCompare(b))) {
      if (!file.endsWith('.json')) continue;
      const image = await this.#read(join(this.#dir, file));
      const name = file.replaceAll('\\', '/').replace('+', ':');
      if (image) found.push({ reference: name.replace(/\/([^/]+)\.json$/, ':$1'), image });
    }
    return found;
  }

  async #tags(repository: string): Promise<StoredImage[]> {
    const folder = dirname(this.#file(repository, 'latest'));
    const files = await readdir(folder).catch(() => []);
    const found: StoredImage[] = [];
    for (const file of files) {
      const image = file.endsWith('.json') ? await this.#read(join(folder, file)) : undefined;
      if (image) found.push({ reference: `${repository}:${file.slice(0, -'.json'.length)}`, image });
    }
    return found;
  }

  /** A registry's port becomes `+5000`, as a colon is no file name everywhere. */
  #file(repository: string, tag: string): string {
    return join(this.#dir, ...repository.replace(':', '+').split('/'), `${tag}.json`);
  }

  async #read(file: string): Promise<Image | undefined> {
    try {
      return JSON.parse(await readFile(file, 'utf8')) as Image;
    } catch {
      // Absent, or not an image: for the cluster it does not exist.
      return undefined;
    }
  }
}
