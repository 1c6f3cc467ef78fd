import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/helpers/fake-clock.ts';
import type { KubeObject, ObjectMeta, Pod, Service } from '../objects/types.ts';
import type { ApiRequest, ApiResponse, WatchFrame } from './request-handler.ts';
import { createApiServer, type ApiServer } from './server.ts';

let clock: FakeClock;
let server: ApiServer;

interface Answer {
  code: number;
  object: KubeObject & { message?: string; reason?: string; items?: KubeObject[]; details?: { causes?: object[] } };
  warnings: readonly string[];
}

interface Ask {
  query?: string;
  type?: string;
  accept?: string;
  user?: string;
}

function send(method: string, path: string, body?: object, ask: Ask = {}): Promise<ApiResponse> {
  const request: ApiRequest = {
    method,
    path,
    query: new URLSearchParams(ask.query),
    headers: { 'content-type': ask.type ?? 'application/json', accept: ask.accept, 'user-agent': 'kubectl/v1' },
    body: body ?? new Uint8Array(),
    user: ask.user ?? 'kubernetes-admin',
    signal: new AbortController().signal,
  };
  return server.handle(request);
}

async function ask(...parameters: Parameters<typeof send>): Promise<Answer> {
  const response = await send(...parameters);
  if (response.type !== 'object') throw new Error(`no object but ${response.type}`);
  return { code: response.code, object: response.object as Answer['object'], warnings: response.warnings ?? [] };
}

async function watch(
  path: string,
  query = '',
  accept?: string,
): Promise<{ frames: WatchFrame[]; ended: () => boolean }> {
  const response = await send('GET', path, undefined, { query: `watch=true&${query}`, accept });
  if (response.type !== 'watch') throw new Error(`no watch but ${response.type}`);
  const frames: WatchFrame[] = [];
  let isEnded = false;
  response.start({ send: (frame) => frames.push(frame), end: () => (isEnded = true) });
  return { frames, ended: () => isEnded };
}

const named = (frames: WatchFrame[]) =>
  frames.map(({ type, object }) => `${type} ${object.metadata?.name ?? ''}`.trim());
const configMaps = '/api/v1/namespaces/shop/configmaps';
const pods = '/api/v1/namespaces/shop/pods';
const deployments = '/apis/apps/v1/namespaces/shop/deployments';
const services = '/api/v1/namespaces/shop/services';
const tableAccept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

const configMap = (name: string, rest: Partial<ObjectMeta> = {}) => ({
  metadata: { name, ...rest },
  data: { key: 'a' },
});
const pod = (name: string, spec = {}) => ({
  metadata: { name },
  spec: { containers: [{ name: 'app', image: 'demo:1' }], ...spec },
});
const deployment = (name: string, replicas = 1) => ({
  metadata: { name },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'app', image: 'demo:1' }] } },
  },
});

beforeEach(async () => {
  clock = new FakeClock();
  server = createApiServer({ clock });
  await ask('POST', '/api/v1/namespaces', { metadata: { name: 'shop' } });
});

afterEach(() => server.close());

describe('a write', () => {
  it('counts generations by the spec alone, and keeps the version when nothing changes', async () => {
    const created = await ask('POST', deployments, deployment('web'));
    expect(created).toMatchObject({ code: 201, object: { metadata: { generation: 1 } } });
    const type = 'application/merge-patch+json';
    const labelled = await ask('PATCH', `${deployments}/web`, { metadata: { labels: { a: 'b' } } }, { type });
    expect(labelled.object.metadata.generation).toBe(1);
    const scaled = await ask('PATCH', `${deployments}/web`, { spec: { replicas: 3 } }, { type });
    expect(scaled.object.metadata.generation).toBe(2);
    const again = await ask('PATCH', `${deployments}/web`, { spec: { replicas: 3 } }, { type });
    expect(again.object.metadata.resourceVersion).toBe(scaled.object.metadata.resourceVersion);
  });

  it('keeps what the server owns, and the status, whatever is sent', async () => {
    const { object } = await ask('POST', deployments, deployment('web'));
    const forged = {
      ...object,
      metadata: { ...object.metadata, generation: 99, creationTimestamp: '2000-01-01T00:00:00Z' },
      status: { replicas: 7 },
    };
    const updated = await ask('PUT', `${deployments}/web`, forged);
    expect(updated.object).toEqual(object);
    const status = await ask('PUT', `${deployments}/web/status`, { ...forged, spec: undefined });
    expect(status.object).toMatchObject({ spec: object.spec, status: { replicas: 7 }, metadata: { generation: 1 } });
  });

  it('with dryRun=All answers the would-be object and stores nothing', async () => {
    const dry = await ask('POST', configMaps, configMap('a'), { query: 'dryRun=All' });
    expect(dry).toMatchObject({ code: 201, object: { metadata: { name: 'a', uid: expect.any(String) } } });
    expect((await ask('GET', `${configMaps}/a`)).code).toBe(404);
  });

  it('of an unknown field is refused, warned about or silently trimmed, as fieldValidation asks', async () => {
    const wrong = { ...deployment('web'), spec: { ...deployment('web').spec, replicass: 2 } };
    const strict = await ask('POST', deployments, wrong, { query: 'fieldValidation=Strict' });
    expect(strict.object.message).toBe(
      'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.replicass"',
    );
    const warned = await ask('POST', deployments, wrong, { query: 'fieldValidation=Warn' });
    expect(warned).toMatchObject({ code: 201, warnings: ['unknown field "spec.replicass"'] });
    expect(warned.object.spec).not.toHaveProperty('replicass');
    expect(
      (await ask('POST', deployments, { ...wrong, metadata: { name: 'other' } }, { query: 'fieldValidation=Ignore' }))
        .warnings,
    ).toEqual([]);
  });

  it('finds a name for generateName', async () => {
    const { object } = await ask('POST', pods, { ...pod(''), metadata: { generateName: 'web-' } });
    expect(object.metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });

  it('that is not JSON is a bad request', async () => {
    const answer = await ask('POST', configMaps, Buffer.from('{"metadata":'));
    expect(answer).toMatchObject({ code: 400, object: { reason: 'BadRequest' } });
  });

  it('through scale changes the replicas of the deployment', async () => {
    await ask('POST', deployments, deployment('web'));
    const type = 'application/merge-patch+json';
    const scaled = await ask('PATCH', `${deployments}/web/scale`, { spec: { replicas: 4 } }, { type });
    expect(scaled.object).toMatchObject({ kind: 'Scale', spec: { replicas: 4 }, status: { selector: 'app=web' } });
    expect((await ask('GET', `${deployments}/web`)).object).toMatchObject({
      spec: { replicas: 4 },
      metadata: { generation: 2 },
    });
  });

  it('by server-side apply makes the object, and names who else owns a field', async () => {
    const type = 'application/apply-patch+yaml';
    const applied = { apiVersion: 'apps/v1', kind: 'Deployment', ...deployment('web') };
    const made = await ask('PATCH', `${deployments}/web`, applied, { type, query: 'fieldManager=one' });
    expect(made.code).toBe(201);
    const other = { ...applied, spec: { ...applied.spec, replicas: 5 } };
    const refused = await ask('PATCH', `${deployments}/web`, other, { type, query: 'fieldManager=two' });
    expect(refused).toMatchObject({
      code: 409,
      object: { message: 'Apply failed with 1 conflict: conflict with "one": .spec.replicas' },
    });
    const forced = await ask('PATCH', `${deployments}/web`, other, { type, query: 'fieldManager=two&force=true' });
    expect(forced.object).toMatchObject({ spec: { replicas: 5 } });
  });
});

describe('a delete', () => {
  it('lets a running pod end first, and takes one that runs nowhere at once', async () => {
    await ask('POST', pods, pod('idle'));
    await ask('DELETE', `${pods}/idle`);
    expect((await ask('GET', `${pods}/idle`)).code).toBe(404);

    await ask('POST', pods, pod('web'));
    await ask('POST', `${pods}/web/binding`, { target: { kind: 'Node', name: 'node-1' } });
    const going = await ask('DELETE', `${pods}/web`);
    expect(going.object.metadata).toMatchObject({
      deletionGracePeriodSeconds: 30,
      deletionTimestamp: '2026-11-20T16:47:30Z',
    });
    await ask('DELETE', `${pods}/web`, { gracePeriodSeconds: 0, preconditions: { uid: going.object.metadata.uid } });
    expect((await ask('GET', `${pods}/web`)).code).toBe(404);
  });

  it('may shorten the grace of a pod that is going, not lengthen it', async () => {
    await ask('POST', pods, pod('web', { nodeName: 'node-1' }));
    await ask('DELETE', `${pods}/web`);
    const shorter = await ask('DELETE', `${pods}/web`, { gracePeriodSeconds: 5 });
    expect(shorter.object.metadata).toMatchObject({
      deletionGracePeriodSeconds: 5,
      deletionTimestamp: '2026-11-20T16:47:05Z',
    });
    const longer = await ask('DELETE', `${pods}/web`, { gracePeriodSeconds: 60 });
    expect(longer.object.metadata.deletionGracePeriodSeconds).toBe(5);
  });

  it('waits for the last finalizer', async () => {
    await ask('POST', configMaps, configMap('a', { finalizers: ['example.com/hold'] }));
    expect((await ask('DELETE', `${configMaps}/a`)).object.metadata.deletionTimestamp).toBeDefined();
    const type = 'application/merge-patch+json';
    const added = await ask(
      'PATCH',
      `${configMaps}/a`,
      { metadata: { finalizers: ['example.com/hold', 'example.com/more'] } },
      { type },
    );
    expect(added.code).toBe(422);
    await ask('PATCH', `${configMaps}/a`, { metadata: { finalizers: null } }, { type });
    expect((await ask('GET', `${configMaps}/a`)).code).toBe(404);
  });

  it('with Foreground leaves a finalizer for the garbage collector', async () => {
    await ask('POST', deployments, deployment('web'));
    const { object } = await ask('DELETE', `${deployments}/web`, { propagationPolicy: 'Foreground' });
    expect(object.metadata.finalizers).toEqual(['foregroundDeletion']);
  });

  it('with another uid is a conflict', async () => {
    await ask('POST', configMaps, configMap('a'));
    expect((await ask('DELETE', `${configMaps}/a`, { preconditions: { uid: 'other' } })).code).toBe(409);
  });

  it('closes a namespace until it is emptied and finalized', async () => {
    await ask('DELETE', '/api/v1/namespaces/shop');
    const { object } = await ask('GET', '/api/v1/namespaces/shop');
    expect(object).toMatchObject({ status: { phase: 'Terminating' }, spec: { finalizers: ['kubernetes'] } });
    const refused = await ask('POST', configMaps, configMap('a'));
    expect(refused).toMatchObject({
      code: 403,
      object: {
        message:
          'configmaps "a" is forbidden: unable to create new content in namespace shop because it is being terminated',
      },
    });
    await ask('PUT', '/api/v1/namespaces/shop/finalize', { ...object, spec: { finalizers: [] } });
    expect((await ask('GET', '/api/v1/namespaces/shop')).code).toBe(404);
    expect((await ask('POST', configMaps, configMap('a'))).object.message).toBe('namespaces "shop" not found');
  });
});

describe('a watch', () => {
  it('without a version starts with what is there', async () => {
    await ask('POST', configMaps, configMap('a'));
    const { frames } = await watch(configMaps);
    await ask('POST', configMaps, configMap('b'));
    expect(named(frames)).toEqual(['ADDED a', 'ADDED b']);
  });

  it('sends an object that enters the selection as added, one that leaves it as deleted', async () => {
    const type = 'application/merge-patch+json';
    const { frames } = await watch(configMaps, 'labelSelector=tier%3Dweb');
    await ask('POST', configMaps, configMap('a'));
    await ask('PATCH', `${configMaps}/a`, { metadata: { labels: { tier: 'web' } } }, { type });
    await ask('PATCH', `${configMaps}/a`, { data: { key: 'b' } }, { type });
    const left = await ask('PATCH', `${configMaps}/a`, { metadata: { labels: null } }, { type });
    await ask('DELETE', `${configMaps}/a`);
    expect(named(frames)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a']);
    expect(frames[2]?.object.metadata).toMatchObject({
      labels: { tier: 'web' },
      resourceVersion: left.object.metadata.resourceVersion,
    });
  });

  it('ends a list-by-watch with the bookmark that clients wait for', async () => {
    await ask('POST', configMaps, configMap('a'));
    const { frames } = await watch(
      configMaps,
      'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true',
    );
    expect(named(frames)).toEqual(['ADDED a', 'BOOKMARK']);
    expect(frames[1]?.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
    await clock.advance(60_000);
    expect(named(frames).at(-1)).toBe('BOOKMARK');
    expect(frames).toHaveLength(3);
  });

  it('of rows names the columns once', async () => {
    const { frames } = await watch(pods, '', tableAccept);
    await ask('POST', pods, pod('a'));
    await ask('POST', pods, pod('b'));
    const columns = frames.map(
      ({ object }) => (object as unknown as { columnDefinitions: object[] }).columnDefinitions.length > 0,
    );
    expect(columns).toEqual([true, false]);
  });

  it('from a version that is forgotten answers Expired and ends', async () => {
    for (let turn = 0; turn < 1002; turn++) {
      await ask('PUT', `${configMaps}/a`, { metadata: { name: 'a' }, data: { turn: String(turn) } });
      if (turn === 0) await ask('POST', configMaps, configMap('a'));
    }
    const { frames, ended } = await watch(configMaps, 'resourceVersion=1');
    expect(frames).toMatchObject([{ type: 'ERROR', object: { code: 410, reason: 'Expired' } }]);
    expect(ended()).toBe(true);
  });

  it('encodes a change once for all watchers', async () => {
    const [one, two] = [await watch(configMaps), await watch(configMaps)];
    await ask('POST', configMaps, configMap('a'));
    expect(one.frames[0]?.encoded()).toBe(two.frames[0]?.encoded());
  });

  it('ends after its time, and when the server closes', async () => {
    const short = await watch(configMaps, 'timeoutSeconds=5');
    const long = await watch(configMaps);
    await clock.advance(5000);
    expect([short.ended(), long.ended()]).toEqual([true, false]);
    await server.close();
    expect(long.ended()).toBe(true);
  });
});

describe('admission', () => {
  it('gives pods a service account with its token, and five minutes on a failing node', async () => {
    const { object } = await ask('POST', pods, pod('web'));
    const { spec } = object as Pod;
    expect(spec).toMatchObject({ serviceAccountName: 'default', serviceAccount: 'default' });
    expect(spec?.tolerations).toMatchObject([{ tolerationSeconds: 300 }, { tolerationSeconds: 300 }]);
    const name = spec?.volumes?.[0]?.name;
    expect(name).toMatch(/^kube-api-access-[a-z0-9]{5}$/);
    expect(spec?.containers[0]?.volumeMounts).toEqual([
      { mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', name, readOnly: true },
    ]);
  });

  it('gives services addresses that nobody else has, and keeps them on a replace', async () => {
    const service = (name: string, rest = {}) => ({ metadata: { name }, spec: { ports: [{ port: 80 }], ...rest } });
    const { object } = await ask('POST', services, service('web', { type: 'LoadBalancer' }));
    const { spec } = object as Service;
    expect(spec?.clusterIP).toMatch(/^10\.43\.\d+\.\d+$/);
    expect(spec?.ports?.[0]?.nodePort).toBeGreaterThanOrEqual(30_000);
    const replaced = await ask('PUT', `${services}/web`, service('web', { type: 'LoadBalancer' }));
    expect((replaced.object as Service).spec).toEqual(spec);

    const taken = await ask('POST', services, service('other', { clusterIP: spec?.clusterIP }));
    expect(taken.object.message).toContain(
      `failed to allocate IP ${spec?.clusterIP}: provided IP is already allocated`,
    );
    await ask('DELETE', `${services}/web`);
    expect((await ask('POST', services, service('other', { clusterIP: spec?.clusterIP }))).code).toBe(201);
  });
});

describe('what is answered', () => {
  it('is a table when one is asked for', async () => {
    await ask('POST', pods, pod('web'));
    const { object } = await ask('GET', pods, undefined, { accept: tableAccept });
    expect(object).toMatchObject({
      kind: 'Table',
      rows: [{ cells: ['web', '0/1', 'Pending', '0', '0s', '<none>', '<none>', '<none>', '<none>'] }],
    });
  });

  it('is metadata only when that is asked for', async () => {
    await ask('POST', pods, pod('web'));
    const accept = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';
    const { object } = await ask('GET', pods, undefined, { accept });
    expect(object.kind).toBe('PartialObjectMetadataList');
    expect(object.items?.[0]).not.toHaveProperty('spec');
  });

  it('is a Status for a path, a method or a selector that is not served', async () => {
    expect((await ask('GET', '/apis/example.com/v1/things')).code).toBe(404);
    expect((await ask('PUT', configMaps, {})).code).toBe(405);
    const wrong = await ask('GET', pods, undefined, { query: 'fieldSelector=spec.foo%3Dbar' });
    expect(wrong.object.message).toBe('field label not supported: spec.foo');
  });

  it('warns of Endpoints, which is on its way out', async () => {
    const { warnings } = await ask('GET', '/api/v1/namespaces/shop/endpoints');
    expect(warnings).toEqual(['v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice']);
  });
});
