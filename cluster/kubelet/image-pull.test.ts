import { expect, it } from 'vitest';
import { pullFailure } from './image-pull.ts';

const unresolved = 'failed to pull and unpack image "IMAGE": failed to resolve image: ';

it.each([
  ['shop:v9', false, 'docker.io/library/shop:v9', 'pull access denied, repository does not exist or may require'],
  ['shop:v9', true, 'docker.io/library/shop:v9', 'docker.io/library/shop:v9: not found'],
  [
    'localhost:5999/a:1',
    false,
    'localhost:5999/a:1',
    'failed to do request: Head "http://localhost:5999/v2/a/manifests/1": dial tcp 127.0.0.1:5999: connect: connection refused',
  ],
  [
    'images.shop.internal:5000/team/a:1',
    false,
    'images.shop.internal:5000/team/a:1',
    'failed to do request: Head "https://images.shop.internal:5000/v2/team/a/manifests/1": dial tcp: lookup images.shop.internal on 127.0.0.53:53: no such host',
  ],
  ['ghcr.io/team/a:1', false, 'ghcr.io/team/a:1', 'pull access denied, repository does not exist'],
])('a pull of %s (known: %s) fails in the words of containerd', (reference, isKnown, full, why) => {
  const text = pullFailure(reference, isKnown);
  expect(text).toContain(unresolved.replace('IMAGE', full) + why);
});
