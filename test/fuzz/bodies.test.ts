import { stringify } from 'yaml';
import { describe, expect, it } from 'vitest';
import { damaged, mutated, randomJson } from './json.ts';
import { goodObjects, pathOf, randomObject, writableKinds } from './objects.ts';
import { forSeeds, fuzzTimeoutMs } from './rounds.ts';
import { startFuzzedServer } from './server.ts';

const strictness = ['', 'fieldValidation=Strict', 'fieldValidation=Ignore', 'dryRun=All'];
const accepts = ['application/json', 'application/json;as=Table;v=v1;g=meta.k8s.io'];

describe('bodies that are not what they should be', { timeout: fuzzTimeoutMs }, () => {
  it('are answered with a Status, whatever kind they are for', async () => {
    await forSeeds(40, async (random) => {
      await using api = await startFuzzedServer(random);
      for (const kind of writableKinds) {
        const path = pathOf(kind, 'shop');
        const body = JSON.stringify(mutated(random, randomObject(random, kind)));
        const query = random.pick(strictness);
        await api.ask({ method: 'POST', path, query, body });
        await api.ask({ method: 'PUT', path: `${path}/web`, query, body });
        await api.ask({ method: 'GET', path, accept: random.pick(accepts) });
      }
    });
  });

  it('may be a good object with a fault somewhere, or without any', async () => {
    await forSeeds(40, async (random) => {
      await using api = await startFuzzedServer(random);
      let created = 0;
      for (const object of goodObjects) {
        const kind = writableKinds.find((other) => other.kind === object.kind);
        if (!kind) continue;
        const [path, name] = [pathOf(kind, 'shop'), object.metadata.name];
        const ours = kind.namespaced ? { ...object, metadata: { ...object.metadata, namespace: 'shop' } } : object;
        const body = JSON.stringify(mutated(random, ours, 0.01));
        const { code } = await api.ask({ method: 'POST', path, body });
        if (code === 201) created++;
        await api.ask({ method: 'PUT', path: `${path}/${name}`, body: JSON.stringify(mutated(random, ours, 0.01)) });
        await api.ask({ method: 'PUT', path: `${path}/${name}/status`, body: JSON.stringify(mutated(random, ours)) });
        await api.ask({ method: 'DELETE', path: `${path}/${name}`, body: JSON.stringify(randomJson(random)) });
      }
      expect(created).toBeGreaterThan(0);
    });
  });

  it('may be no JSON or YAML at all', async () => {
    await forSeeds(150, async (random) => {
      await using api = await startFuzzedServer(random);
      const object = random.pick(goodObjects);
      const type = random.pick(['application/json', 'application/yaml']);
      const whole = type.endsWith('json') ? JSON.stringify(object) : stringify(object);
      const body = damaged(random, Buffer.from(whole));
      for (const [method, path] of requests) await api.ask({ method, path, type, body });
    });
  });

  it.for([
    ['arrays in arrays', `${'['.repeat(200_000)}${']'.repeat(200_000)}`],
    ['maps in maps', `${'{"metadata":'.repeat(50_000)}1${'}'.repeat(50_000)}`],
    ['a deep spec', `{"metadata":{"name":"a"},"data":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`],
    ['deep annotations', `{"metadata":{"name":"a","annotations":{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}}}`],
    ['a long number', `{"metadata":{"name":"a"},"data":${'1'.repeat(100_000)}}`],
    ['a long name', `{"metadata":{"name":"${'a'.repeat(1_000_000)}"}}`],
    ['a long name that is wrong', `{"metadata":{"name":"${'a-'.repeat(500_000)}"}}`],
    ['many fields', JSON.stringify({ data: Object.fromEntries(Array.from({ length: 50_000 }, (_, key) => [key, 1])) })],
    ['aliases of aliases', bombOfAliases(12)],
    ['deep YAML', '- '.repeat(20_000)],
  ])('that are monstrous do no harm: %s', async ([, body]) => {
    await forSeeds(1, async (random) => {
      await using api = await startFuzzedServer(random);
      for (const type of ['application/json', 'application/yaml']) {
        for (const [method, path] of requests) await api.ask({ method, path, type, body: body! });
      }
    });
  });
});

const requests = [
  ['POST', '/api/v1/namespaces/shop/configmaps'],
  ['POST', '/apis/apps/v1/namespaces/shop/deployments'],
  ['PUT', '/api/v1/namespaces/shop'],
  ['DELETE', '/api/v1/namespaces/shop/configmaps'],
  ['POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'],
  ['POST', '/api/v1/namespaces/shop/serviceaccounts/default/token'],
] as const;

/** Each level names the one before it nine times. */
function bombOfAliases(levels: number): string {
  const lines = Array.from({ length: levels }, (_, level) =>
    level === 0
      ? 'a0: &a0 [x, x]'
      : `a${level}: &a${level} [${Array(9)
          .fill(`*a${level - 1}`)
          .join(', ')}]`,
  );
  return lines.join('\n');
}
