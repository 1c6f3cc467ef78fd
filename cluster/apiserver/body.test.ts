import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/helpers/fake-clock.ts';
import { createApiServer } from './server.ts';
import { bracketDepth, scanJson } from './scan-json.ts';

async function create(path: string, body: string, { type = 'application/json', query = '' } = {}) {
  await using server = createApiServer({ clock: new FakeClock() });
  const send = (to: string, text: string, contentType: string) =>
    server.handle({
      method: 'POST',
      path: to,
      query: new URLSearchParams(query),
      headers: { 'content-type': contentType },
      body: Buffer.from(text),
      user: 'somebody',
      groups: ['system:masters'],
      signal: new AbortController().signal,
    });
  await send('/api/v1/namespaces', '{"metadata":{"name":"shop"}}', 'application/json');
  const { code, warnings, ...rest } = await send(path, body, type);
  const object = 'object' in rest ? (rest.object as { message?: string; data?: object }) : {};
  return { code, warnings, message: object.message, data: object.data };
}

const configMaps = '/api/v1/namespaces/shop/configmaps';

describe('a body', () => {
  it('in which a field stands twice is refused when asked to be strict, else warned about: the last one counts', async () => {
    const body = '{"metadata":{"name":"a"},"data":{"x":"1","y":"2","x":"3"}}';
    expect(await create(configMaps, body, { query: 'fieldValidation=Strict' })).toMatchObject({
      code: 400,
      message:
        'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: duplicate field "data.x"',
    });
    expect(await create(configMaps, body)).toMatchObject({
      code: 201,
      warnings: ['duplicate field "data.x"'],
      data: { x: '3', y: '2' },
    });
  });

  it('that nests too deeply is refused, as JSON and as YAML', async () => {
    for (const type of ['application/json', 'application/yaml']) {
      const refused = { code: 400, message: expect.stringContaining('exceeded max depth') as string };
      expect(await create(configMaps, '['.repeat(100_000), { type })).toMatchObject(refused);
    }
  });

  it('is JSON where nothing is said of it, and no patch', async () => {
    const body = '{"metadata":{"name":"a"}}';
    expect((await create(configMaps, body, { type: '' })).code).toBe(201);
    for (const type of ['application/merge-patch+json', 'application/apply-patch+yaml', 'text/plain']) {
      expect((await create(configMaps, body, { type })).code).toBe(415);
    }
  });

  it('with a quantity that is none is refused as one that cannot be decoded', async () => {
    const container = { name: 'a', image: 'a:1', resources: { limits: { memory: '64Mm' } } };
    const pod = { metadata: { name: 'a' }, spec: { containers: [container] } };
    expect(await create('/api/v1/namespaces/shop/pods', JSON.stringify(pod))).toMatchObject({
      code: 400,
      message: `Pod in version "v1" cannot be handled as a Pod: unable to parse quantity's suffix`,
    });
  });

  const unreadable = (problem: string, shown: string) =>
    `the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: ${problem} (${shown})`;
  const struct = String.raw`struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }`;
  const scheme = 'scheme "k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30"';

  it.each([
    ['', unreadable('unexpected end of JSON input', '<empty>')],
    ['foo', unreadable("invalid character 'o' in literal false (expecting 'a')", '666f6f')],
    [
      '{"metadata":{"name":"q"}} trailing',
      unreadable("invalid character 't' after top-level value", '{"metadata":{"name":"q"}} trai ...'),
    ],
    ['[]', unreadable(`json: cannot unmarshal array into Go value of type ${struct}`, '5b5d')],
    ['{"kind":5}', unreadable('json: cannot unmarshal number into Go struct field .kind of type string', '{"kind":5}')],
    ['null', 'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required'],
    [
      '{"apiVersion":"v1","kind":"Secret"}',
      'Secret in version "v1" cannot be handled as a ConfigMap: converting (v1.Secret) to (core.ConfigMap): unknown conversion',
    ],
    [
      '{"apiVersion":"v1","kind":"Foo"}',
      `Foo in version "v1" cannot be handled as a ConfigMap: no kind "Foo" is registered for version "v1" in ${scheme}`,
    ],
    [
      '{"apiVersion":"apps/v1"}',
      `ConfigMap in version "v1" cannot be handled as a ConfigMap: no kind "ConfigMap" is registered for version "apps/v1" in ${scheme}`,
    ],
    [
      '{"apiVersion":"a/b/c"}',
      'the object provided is unrecognized (must be of type ConfigMap): unexpected GroupVersion string: a/b/c ({"apiVersion":"a/b/c"})',
    ],
  ])('of %j is refused in the words of the decoder', async (body, message) => {
    expect((await create(configMaps, body)).message).toBe(message);
  });

  it('of another version of the kind is refused', async () => {
    const body = '{"apiVersion":"autoscaling/v1","kind":"HorizontalPodAutoscaler","metadata":{"name":"a"}}';
    const path = '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers';
    expect((await create(path, body)).message).toBe(
      'the API version in the data (autoscaling/v1) does not match the expected API version (autoscaling/v2)',
    );
  });

  it('of YAML that is none says where', async () => {
    const { message } = await create(configMaps, 'data:\n  a: [', { type: 'application/yaml' });
    expect(message).toMatch(/^the object provided is unrecognized \(must be of type ConfigMap\): yaml: line 2: /);
  });
});

describe('the scan of a JSON text', () => {
  it('names what stands twice by its path, and is not misled by brackets and quotes in texts', () => {
    expect(scanJson(String.raw`{"a":"}{[\"","b":[{"c":1},{"c":1,"c":2}],"d":{"a":1},"\u0061":2}`)).toEqual({
      depth: 3,
      duplicates: ['b[1].c', 'a'],
    });
  });

  it('counts brackets in YAML, too', () => {
    expect(bracketDepth('a: [[x], {y: [z]}]')).toBe(3);
  });
});
