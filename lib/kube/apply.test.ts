import { describe, expect, it } from 'vitest';
import { applyObject, type Manifest } from './apply.ts';
import { KubeError } from './kube-error.ts';
import type { Kube } from './kube.ts';

const manifest: Manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'routes', namespace: 'shop' } };

/** A cluster whose object is written by somebody else between so many of our looks and writes. */
function contested(times: number): { kube: Kube; versions: unknown[]; created: unknown[] } {
  const versions: unknown[] = [];
  const created: unknown[] = [];
  const kube = {
    get: () => Promise.resolve({ metadata: { name: 'routes', resourceVersion: `${versions.length + 1}` } }),
    replace: (_: string, object: Manifest) => {
      versions.push(object.metadata['resourceVersion']);
      return versions.length <= times ? Promise.reject(new KubeError(409, 'Conflict', 'modified')) : Promise.resolve();
    },
    create: (_: string, object: Manifest) => Promise.resolve(created.push(object)),
  } as unknown as Kube;
  return { kube, versions, created };
}

describe('an object that is applied', () => {
  it('is read and written anew when a controller has written in between', async () => {
    const { kube, versions, created } = contested(2);
    await applyObject(kube, manifest);
    expect(versions).toEqual(['1', '2', '3']);
    expect(created).toEqual([]);
  });

  it('is given up when somebody else writes all the time', async () => {
    const { kube, versions } = contested(Infinity);
    await expect(applyObject(kube, manifest)).rejects.toThrow('modified');
    expect(versions).toHaveLength(8);
  });

  it('is created where there is none', async () => {
    const { kube, created } = contested(0);
    const get = () => Promise.reject(new KubeError(404, 'NotFound', 'not found'));
    await applyObject(Object.assign(kube, { get }), manifest);
    expect(created).toMatchObject([{ metadata: { name: 'routes' } }]);
  });
});
