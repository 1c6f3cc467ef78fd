import { createHash } from 'node:crypto';
import type { Image } from '../container-runtime.ts';
import type { ImageStore } from '../images.ts';

/** Those that current versions of Kubernetes name. */
const tags = ['3.9', '3.10', '3.10.1'];

/** Puts the image that does nothing into the store, as every node has it. */
export async function providePause(images: ImageStore): Promise<void> {
  await Promise.all(
    tags.map(async (tag) => {
      const reference = `registry.k8s.io/pause:${tag}`;
      if (!(await images.get(reference))) await images.put(reference, pauseImage(reference));
    }),
  );
}

function pauseImage(reference: string): Image {
  const digest = `sha256:${createHash('sha256').update(reference).digest('hex')}`;
  return {
    digest,
    entry: '',
    isPause: true,
    nodeOptions: [],
    env: {},
    createdAt: '2026-11-21T00:00:00Z',
    published: true,
  };
}
