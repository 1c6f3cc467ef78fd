import { describe, expect, it } from 'vitest';
import type { Kube } from '../lib/kube/kube.ts';
import { foreignCode } from './foreign-code.ts';
import type { Container } from './state.ts';
import { container } from './testing/fixtures.ts';

const loader = '--import=data:text/javascript,fetch=null';
const kube = { get: () => Promise.resolve({ data: { NODE_OPTIONS: loader } }) } as unknown as Kube;
/** What the cluster may not be asked for: a bundle is judged again without one. */
const nobody = new Proxy({}, { get: () => expect.fail('the cluster was asked') }) as Kube;

const withOptions = (value: string): Partial<Container> => ({ env: [{ name: 'NODE_OPTIONS', value }] });
const reference = { name: 'NODE_OPTIONS', valueFrom: { configMapKeyRef: { name: 'settings', key: 'NODE_OPTIONS' } } };

describe('code that is not of the image', () => {
  it.each<[string, Partial<Container>, Kube]>([
    ['as a module', withOptions(loader), nobody],
    ['with a blank and another flag before it', withOptions('--no-warnings --require /tmp/patch.cjs'), nobody],
    ['by the short flag', withOptions('-r /tmp/patch.cjs'), nobody],
    ['between quotes', withOptions('--im"port" data:text/javascript,0'), nobody],
    ['as a loader', withOptions('--experimental_loader=/tmp/patch.mjs'), nobody],
    ['from a ConfigMap', { env: [reference] }, kube],
    ['from a ConfigMap as a whole', { env: [], envFrom: [{ configMapRef: { name: 'settings' } }] }, kube],
    [
      'by another variable',
      { env: [{ name: 'MORE', value: loader }, ...withOptions('--no-warnings $(MORE)').env!] },
      nobody,
    ],
  ])('is loaded %s', async (_, changes, cluster) => {
    const found = await foreignCode(cluster, 'production', container('shop', changes), container('shop'));
    expect(found).toEqual(['its NODE_OPTIONS load other code into it']);
  });

  it('lies over the program', async () => {
    const volumeMounts = [
      { name: 'patch', mountPath: '/app/main.cjs', subPath: 'main.cjs' },
      { name: 'data', mountPath: '/application' },
    ];
    const found = await foreignCode(nobody, 'production', container('shop', { volumeMounts }), container('shop'));
    expect(found).toEqual(['a volume lies over its program at /app/main.cjs']);
  });

  it.each<[string, Partial<Container>]>([
    ['what never changed', {}],
    ['another size of the heap', withOptions('--max-old-space-size=64 --report-uncaught-exception')],
  ])('is not %s', async (_, changes) => {
    expect(await foreignCode(nobody, 'production', container('shop', changes), container('shop'))).toEqual([]);
  });

  it('may have been there when all was well', async () => {
    const before = container('shop', withOptions(loader));
    expect(await foreignCode(nobody, 'production', before, before)).toEqual([]);
  });
});
