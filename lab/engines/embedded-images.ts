import { rm } from 'node:fs/promises';
import { ImageStore } from '../../cluster/runtime/images.ts';
import type { EngineImages } from './engine.ts';

/** The embedded engine's images are files, so they can be changed without asking its process. */
export function embeddedImages(dir: string): EngineImages {
  const store = new ImageStore(dir);
  /** What the engine brings along, such as busybox, is no image of the shop and stays. */
  const isPublished = ({ image }: { image: { published?: boolean } }): boolean => image.published === true;
  return {
    put: (ref, image) => store.put(ref, image),
    async replaceAll(images) {
      const kept = (await store.list()).filter(isPublished);
      await rm(dir, { recursive: true, force: true });
      const last = new Map([
        ...kept.map(({ reference, image }) => [reference, image] as const),
        ...images.map(({ ref, image }) => [ref, image] as const),
      ]);
      await Promise.all([...last].map(([ref, image]) => store.put(ref, image)));
    },
    async list() {
      const stored = (await store.list()).filter((one) => !isPublished(one));
      return stored.map(({ reference, image }) => ({ ref: reference.replace(/^docker\.io\/library\//, ''), image }));
    },
  };
}
