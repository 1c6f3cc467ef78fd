import { rm } from 'node:fs/promises';
import { ImageStore } from '../../cluster/runtime/images.ts';
import type { EngineImages } from './engine.ts';

/** The embedded engine's images are files, so they can be changed without asking its process. */
export function embeddedImages(dir: string): EngineImages {
  const store = new ImageStore(dir);
  return {
    put: (ref, image) => store.put(ref, image),
    async replaceAll(images) {
      await rm(dir, { recursive: true, force: true });
      const last = new Map(images.map(({ ref, image }) => [ref, image]));
      await Promise.all([...last].map(([ref, image]) => store.put(ref, image)));
    },
    async list() {
      const stored = await store.list();
      return stored.map(({ reference, image }) => ({ ref: reference.replace(/^docker\.io\/library\//, ''), image }));
    },
  };
}
