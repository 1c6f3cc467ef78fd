import { describe, expect, it } from 'vitest';
import { KubeError } from '../lib/kube/kube-error.ts';
import type { Kube } from '../lib/kube/kube.ts';
import { effectiveEnv, isInPlainSight } from './effective-env.ts';
import type { Container } from './state.ts';
import { container } from './testing/fixtures.ts';

const sources: Record<string, Record<string, string>> = {
  'configmaps/settings': { HOST: 'database-service', DB_PASSWORD: 'written-down' },
  'secrets/credentials': { password: Buffer.from('kept').toString('base64') },
};

const kube = {
  get: (path: string) => {
    const data = sources[path.split('/').slice(-2).join('/')];
    return data ? Promise.resolve({ data }) : Promise.reject(new KubeError(404, 'NotFound', 'not found'));
  },
} as unknown as Kube;

const inSecret = { name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'credentials', key: 'password' } } };
const inConfigMap = { name: 'DB_PASSWORD', valueFrom: { configMapKeyRef: { name: 'settings', key: 'DB_PASSWORD' } } };

describe('the environment that a container gets', () => {
  it('follows references, and names what was named before', async () => {
    const env = await effectiveEnv(
      kube,
      'production',
      container('shop', {
        envFrom: [{ prefix: 'MY_', configMapRef: { name: 'settings' } }, { secretRef: { name: 'nobody' } }],
        env: [inSecret, { name: 'URL', value: 'http://$(MY_HOST):8080/$(UNKNOWN)?price=$$1' }],
      }),
    );
    expect(env.get('DB_PASSWORD')).toBe('kept');
    expect(env.get('URL')).toBe('http://database-service:8080/$(UNKNOWN)?price=$1');
  });
});

describe('a password', () => {
  it.each<[string, Partial<Container>, boolean]>([
    ['in a Secret', { env: [inSecret] }, false],
    ['in a Secret that is taken as a whole', { env: [], envFrom: [{ secretRef: { name: 'credentials' } }] }, false],
    ['that is not there', { env: [] }, false],
    ['in the Deployment', { env: [{ name: 'DB_PASSWORD', value: 'written-down' }] }, true],
    ['in a ConfigMap', { env: [inConfigMap] }, true],
    ['in a ConfigMap that is taken as a whole', { envFrom: [{ configMapRef: { name: 'settings' } }] }, true],
  ])('%s', async (_, changes, expected) => {
    expect(await isInPlainSight(kube, 'production', container('shop', changes), 'DB_PASSWORD')).toBe(expected);
  });
});
