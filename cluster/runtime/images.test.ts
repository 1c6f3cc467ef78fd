import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Image } from './container-runtime.ts';
import { parseImageReference } from './image-reference.ts';
import { ImageStore } from './images.ts';

const image: Image = {
  digest: `sha256:${'a'.repeat(64)}`,
  entry: '/images/web/main.js',
  nodeOptions: [],
  env: {},
  createdAt: '2026-11-20T00:00:00Z',
};

function newStore(): ImageStore {
  return new ImageStore(mkdtempSync(join(tmpdir(), 'images-')));
}

describe('parseImageReference', () => {
  it.each([
    ['web', 'docker.io/library/web:latest'],
    ['web:v1', 'docker.io/library/web:v1'],
    ['docker.io/library/web:v1', 'docker.io/library/web:v1'],
    ['team/web:v1', 'docker.io/team/web:v1'],
    ['localhost:5999/cart:v1', 'localhost:5999/cart:v1'],
    [`web@sha256:${'b'.repeat(64)}`, `docker.io/library/web@sha256:${'b'.repeat(64)}`],
  ])('completes %s', (text, full) => {
    expect(parseImageReference(text)?.full).toBe(full);
  });

  it.each(['', 'Web:v1', 'web:', 'web:v1:v2', '../../etc/passwd', 'web:../x', 'web@sha256:12'])(
    'refuses %j',
    (text) => {
      expect(parseImageReference(text)).toBeUndefined();
    },
  );
});

describe('ImageStore', () => {
  it('finds an image by any way to write its name', async () => {
    const store = newStore();
    await store.put('web:v1', image);
    await store.put('localhost:5999/cart', image);
    expect(await store.get('docker.io/library/web:v1')).toEqual(image);
    expect(await store.get(`web@${image.digest}`)).toEqual(image);
    expect(await store.get(`web:v1@sha256:${'b'.repeat(64)}`)).toBeUndefined();
    expect(await store.get('web')).toBeUndefined();
    const names = (await store.list()).map(({ reference }) => reference);
    expect(names).toEqual(['docker.io/library/web:v1', 'localhost:5999/cart:latest']);
  });

  it('knows a name of which another tag exists', async () => {
    const store = newStore();
    await store.put('web:v1', image);
    expect(await store.hasRepository('web:v2')).toBe(true);
    expect(await store.hasRepository('shop:v1')).toBe(false);
  });

  it('never writes outside its folder', async () => {
    await expect(newStore().put('../web:v1', image)).rejects.toThrow('names no tag');
  });
});
