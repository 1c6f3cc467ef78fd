import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Image } from '../container-runtime.ts';
import type { ImageStore } from '../images.ts';

/** Differs: `busybox` is the toolbox under the name that fingers know: `sh` and the applets, not the real one's programs. */
const references = ['toolbox:latest', 'busybox:latest'];

/** Puts the image for `kubectl run -it` and `kubectl debug` into the store, unless somebody has put another there. */
export async function provideToolbox(images: ImageStore): Promise<void> {
  const image = toolboxImage();
  for (const reference of references) if (!(await images.get(reference))) await images.put(reference, image);
}

function toolboxImage(): Image {
  const entry = fileURLToPath(new URL('main.cjs', import.meta.url));
  const digest = `sha256:${createHash('sha256').update(readFileSync(entry)).digest('hex')}`;
  return { digest, entry, nodeOptions: [], env: {}, createdAt: '2026-11-21T00:00:00Z', published: true };
}
