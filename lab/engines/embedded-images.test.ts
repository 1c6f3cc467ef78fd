import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ImageStore } from '../../cluster/runtime/images.ts';
import { embeddedImages } from './embedded-images.ts';

const image = { digest: `sha256:${'a'.repeat(64)}`, entry: '/main.cjs', nodeOptions: [], env: {}, createdAt: '' };

it("replaces the shop's images and leaves what the engine brings along", async () => {
  const dir = mkdtempSync(join(tmpdir(), 'images-'));
  const store = new ImageStore(dir);
  await store.put('busybox:latest', { ...image, published: true });
  await store.put('web:1', image);

  const images = embeddedImages(dir);
  await images.replaceAll([{ ref: 'web:2', image }]);

  expect(await images.list()).toEqual([{ ref: 'web:2', image }]);
  expect(await store.get('busybox')).toMatchObject({ published: true });
});
