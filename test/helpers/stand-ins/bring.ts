import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { change, fail, world } from './state.ts';

/** The images of the embedded cluster that plays the real one, if there is one. */
const store = process.env['STAND_IN_IMAGE_STORE'];

/** Built images become known in a cluster or a registry. */
export async function bring(where: string, refs: readonly string[], { forNodes = true } = {}): Promise<void> {
  for (const ref of refs) {
    const image = world().built[ref];
    if (!image) fail(`An image does not exist locally with the tag: ${ref}`);
    if (store && forNodes) await put(ref, image.entry);
    change(({ delivered }) => {
      delivered[where] = [...new Set([...(delivered[where] ?? []), ref])];
    });
  }
}

async function put(ref: string, entry: string): Promise<void> {
  const digest = `sha256:${createHash('sha256').update(readFileSync(entry)).digest('hex')}`;
  const env = { SERVICE_VERSION: '1.0.0', SERVICE_COMMIT: digest.slice(7, 19), OTEL_BSP_SCHEDULE_DELAY: '1000' };
  const nodeOptions = ['--max-semi-space-size=2'];
  // Loading a cluster takes time that most tests need not spend.
  const { ImageStore } = await import('../../../cluster/runtime/images.ts');
  await new ImageStore(store ?? '').put(ref, { digest, entry, nodeOptions, env, createdAt: '2026-11-20T16:47:00Z' });
}

export function forget(ref: string): void {
  if (!store) return;
  const [name, tag] = ref.split(':');
  rmSync(join(store, 'docker.io', 'library', name ?? '', `${tag}.json`), { force: true });
}
