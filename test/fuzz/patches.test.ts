import { describe, expect, it } from 'vitest';
import { mutated, randomJson } from './json.ts';
import { goodObjects, pathOf, randomObject, writableKinds } from './objects.ts';
import type { Random } from './random.ts';
import { forSeeds, fuzzTimeoutMs } from './rounds.ts';
import { startFuzzedServer } from './server.ts';

const types = [
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
  'application/json-patch+json',
];

describe('patches that are not what they should be', { timeout: fuzzTimeoutMs }, () => {
  it('are answered with a Status, and what they leave can be shown as a table', async () => {
    await forSeeds(15, async (random) => {
      await using api = await startFuzzedServer(random);
      for (const object of goodObjects) {
        const kind = writableKinds.find((other) => other.kind === object.kind)!;
        const path = pathOf(kind, 'shop');
        const ours = kind.namespaced ? { ...object, metadata: { ...object.metadata, namespace: 'shop' } } : object;
        await api.ask({ method: 'POST', path, body: JSON.stringify(ours) });
        for (const type of types) {
          const part = random.pick(['', '/status', '/scale', '/ephemeralcontainers']);
          const patch = type.includes('json-patch') ? randomOperations(random) : patchFor(random, ours);
          const query = `fieldManager=fuzz${random.pick(['', '&force=true'])}`;
          const body = JSON.stringify(patch);
          await api.ask({ method: 'PATCH', path: `${path}/${object.metadata.name}`, query, type, body });
          await api.ask({ method: 'PATCH', path: `${path}/${object.metadata.name}${part}`, query, type, body });
        }
        await api.ask({ method: 'GET', path, accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' });
      }
    });
  });

  it('reach no object but the one that they are for', async () => {
    const before = Object.getOwnPropertyNames(Object.prototype);
    await forSeeds(1, async (random) => {
      await using api = await startFuzzedServer(random);
      const path = '/api/v1/namespaces/shop/configmaps';
      await api.ask({ method: 'POST', path, body: '{"metadata":{"name":"a"},"data":{"x":"1"}}' });
      const polluting = '{"data":{"__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}}}}';
      for (const type of types) {
        await api.ask({ method: 'PATCH', path: `${path}/a`, query: 'fieldManager=f', type, body: polluting });
      }
      const operation = { op: 'add', path: '/data/__proto__/polluted', value: 'yes' };
      await api.ask({ method: 'PATCH', path: `${path}/a`, type: types[3]!, body: JSON.stringify([operation]) });
    });
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
  });
});

function patchFor(random: Random, object: object): unknown {
  if (random.chance(0.2)) return randomJson(random);
  return random.chance(0.5)
    ? mutated(random, object, 0.03)
    : mutated(random, randomObject(random, random.pick(writableKinds)));
}

const places = [
  '',
  '/',
  '/metadata',
  '/metadata/labels/app',
  '/spec/template/spec/containers/0',
  '/spec/replicas',
  '/data/-',
];

function randomOperations(random: Random): unknown {
  if (random.chance(0.1)) return randomJson(random);
  return Array.from({ length: random.int(6) }, () => ({
    op: random.pick(['add', 'remove', 'replace', 'move', 'copy', 'test', 'test', random.text()]),
    path: random.chance(0.8) ? random.pick(places) : `/${random.text()}`,
    ...(random.chance(0.5) ? { from: random.pick(places) } : {}),
    ...(random.chance(0.8) ? { value: randomJson(random) } : {}),
  }));
}
