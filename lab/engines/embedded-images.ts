import { rm } from 'node:fs/promises';
import type { ImageStore } from '../../cluster/cluster.ts';
import type { EngineImages } from './engine.ts';

/** The embedded engine's images are files, so they can be changed without asking its process. */
export function embeddedImages(dir: string): EngineImages {
  let opened: Promise<ImageStore> | undefined;
  const store = () => (opened ??= import('../../cluster/cluster.ts').then((cluster) => new cluster.ImageStore(dir)));
  return {
    put: async (ref, image) => (await store()).put(ref, image),
    async replaceAll(images) {
      await rm(dir, { recursive: true, force: true });
      const target = await store();
      const last = new Map(images.map(({ ref, image }) => [ref, image]));
      await Promise.all([...last].map(([ref, image]) => target.put(ref, image)));
    },
    async list() {
      const stored = await (await store()).list();
      return stored.map(({ reference, image }) => ({ ref: reference.replace(/^docker\.io\/library\//, ''), image }));
    },
  };
}
