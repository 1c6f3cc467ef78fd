import { describe, expect, it } from 'vitest';
import { parseFieldSelector, parseLabelSelector } from '../../cluster/objects/selector.ts';
import { isStatusError } from '../../cluster/objects/status-error.ts';
import { randomJson } from './json.ts';
import { pathOf, writableKinds } from './objects.ts';
import type { Random } from './random.ts';
import { forSeeds, fuzzTimeoutMs } from './rounds.ts';
import { startFuzzedServer } from './server.ts';

const actions = ['status', 'scale', 'log', 'exec', 'attach', 'portforward', 'proxy', 'binding', 'eviction', 'token'];

describe('paths and queries that make no sense', { timeout: fuzzTimeoutMs }, () => {
  it('are answered with a Status', async () => {
    await forSeeds(60, async (random) => {
      await using api = await startFuzzedServer(random);
      for (let times = 0; times < 40; times++) {
        const method = random.pick(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE']);
        const body = random.chance(0.5) ? JSON.stringify(randomJson(random)) : '';
        await api.ask({
          method,
          path: randomPath(random),
          query: randomQuery(random),
          accept: randomAccept(random),
          body,
        });
      }
    });
  });

  it.for(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    'are not taken for what JavaScript has: %s',
    async (name) => {
      await forSeeds(1, async (random) => {
        await using api = await startFuzzedServer(random);
        const config = '/api/v1/namespaces/shop/configmaps';
        expect((await api.ask({ method: 'GET', path: `${config}/${name}` })).code).toBe(404);
        expect((await api.ask({ method: 'GET', path: `${config}/web/${name}` })).code).toBe(404);
        expect((await api.ask({ method: 'GET', path: `/api/v1/namespaces/shop/${name}` })).code).toBe(404);
        expect((await api.ask({ method: 'GET', path: `/apis/${name}/v1` })).code).toBe(404);
        const query = `fieldSelector=${name}%3Da`;
        for (const resource of ['pods', 'configmaps', 'events']) {
          expect((await api.ask({ method: 'GET', path: `/api/v1/namespaces/shop/${resource}`, query })).code).toBe(400);
        }
      });
    },
  );

  it('with selectors of every shape are understood or refused, and fast', async () => {
    await forSeeds(3_000, (random) => {
      const text = Array.from({ length: random.int(6) }, () => random.text()).join('');
      for (const parse of [parseLabelSelector, parseFieldSelector]) {
        try {
          parse(text);
        } catch (error) {
          if (!isStatusError(error, 'BadRequest')) throw error;
        }
      }
      const match = tryParse(text);
      const some: Record<string, string>[] = [{}, { web: 'a', a: '1' }];
      for (const labels of [undefined, ...some]) expect(typeof match(labels)).toBe('boolean');
    });
  });

  it.for([
    'a'.repeat(60_000),
    'a,'.repeat(30_000),
    'a in ('.repeat(10_000),
    '!'.repeat(60_000),
    `a in (${'b,'.repeat(30_000)}c)`,
  ])('may be as long as a header allows: %#', async (selector) => {
    await forSeeds(1, async (random) => {
      await using api = await startFuzzedServer(random);
      const query = new URLSearchParams({ labelSelector: selector, fieldSelector: selector }).toString();
      const { code } = await api.ask({ method: 'GET', path: '/api/v1/pods', query });
      expect([200, 400]).toContain(code);
    });
  });
});

function tryParse(text: string): ReturnType<typeof parseLabelSelector> {
  try {
    return parseLabelSelector(text);
  } catch {
    return () => false;
  }
}

function randomPath(random: Random): string {
  const path = random.chance(0.9) ? pathOf(random.pick(writableKinds), random.pick(['shop', 'none', '..'])) : '/';
  const name = random.chance(0.6)
    ? `/${random.chance(0.7) ? random.pick(['a', 'web', 'shop']) : encodedText(random)}`
    : '';
  const action = name && random.chance(0.4) ? `/${random.chance(0.9) ? random.pick(actions) : random.text()}` : '';
  return `${path}${name}${action}${random.chance(0.1) ? random.text() : ''}`;
}

/** Halves of characters cannot be encoded. */
function encodedText(random: Random): string {
  return encodeURIComponent(random.text().toWellFormed());
}

const options = [
  'watch',
  'limit',
  'continue',
  'resourceVersion',
  'resourceVersionMatch',
  'timeoutSeconds',
  'labelSelector',
];
const moreOptions = ['fieldSelector', 'dryRun', 'fieldValidation', 'fieldManager', 'force', 'tailLines', 'sinceTime'];
const evenMore = [
  'sinceSeconds',
  'limitBytes',
  'container',
  'gracePeriodSeconds',
  'propagationPolicy',
  'sendInitialEvents',
];

function randomQuery(random: Random): string {
  const pairs = Array.from({ length: random.int(4) }, () => [
    random.pick([...options, ...moreOptions, ...evenMore]),
    random.chance(0.5) ? random.pick(['true', '0', '1', '-1', '99999999999999999999', 'All', 'a=b']) : random.text(),
  ]);
  return new URLSearchParams(pairs).toString();
}

function randomAccept(random: Random): string {
  const forms = ['Table;v=v1;g=meta.k8s.io', 'PartialObjectMetadataList;v=v1;g=meta.k8s.io', 'Nothing', ''];
  const types = ['', '*/*', 'application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf', ';;,;='];
  return random.chance(0.5) ? random.pick(types) : `application/json;as=${random.pick(forms)}`;
}
