import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ApiUnderTest,
  configMap,
  configMaps,
  deployment,
  deployments,
  pod,
  pods,
  startApi,
} from '../testing/api-under-test.ts';

let api: ApiUnderTest;

beforeEach(async () => {
  api = await startApi();
});

afterEach(() => api.server.close());

describe('a write', () => {
  it('counts generations by the spec alone, and keeps the version when nothing changes', async () => {
    const created = await api.ask('POST', deployments, deployment('web'));
    expect(created).toMatchObject({ code: 201, object: { metadata: { generation: 1 } } });
    const type = 'application/merge-patch+json';
    const labelled = await api.ask('PATCH', `${deployments}/web`, { metadata: { labels: { a: 'b' } } }, { type });
    expect(labelled.object.metadata.generation).toBe(1);
    const scaled = await api.ask('PATCH', `${deployments}/web`, { spec: { replicas: 3 } }, { type });
    expect(scaled.object.metadata.generation).toBe(2);
    const again = await api.ask('PATCH', `${deployments}/web`, { spec: { replicas: 3 } }, { type });
    expect(again.object.metadata.resourceVersion).toBe(scaled.object.metadata.resourceVersion);
  });

  it('keeps what the server owns, and the status, whatever is sent', async () => {
    const { object } = await api.ask('POST', deployments, deployment('web'));
    const forged = {
      ...object,
      metadata: { ...object.metadata, generation: 99, creationTimestamp: '2000-01-01T00:00:00Z' },
      status: { replicas: 7 },
    };
    const updated = await api.ask('PUT', `${deployments}/web`, forged);
    expect(updated.object).toEqual(object);
    const status = await api.ask('PUT', `${deployments}/web/status`, { ...forged, spec: undefined });
    expect(status.object).toMatchObject({ spec: object.spec, status: { replicas: 7 }, metadata: { generation: 1 } });
  });

  it('keeps what a kind says that no client may change', async () => {
    const requests = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
    const pem = '-----BEGIN CERTIFICATE REQUEST-----\n-----END CERTIFICATE REQUEST-----\n';
    const spec = { request: Buffer.from(pem).toString('base64'), signerName: 'example.com/a', usages: ['client auth'] };
    const request = { metadata: { name: 'a' }, spec: { ...spec, username: 'somebody else' } };
    const { object } = await api.ask('POST', requests, request);
    expect(object.spec).toMatchObject({ username: expect.not.stringContaining('somebody') });
    const changed = { ...object, spec: { ...spec, signerName: 'example.com/b' } };
    expect(await api.ask('PUT', `${requests}/a`, changed)).toMatchObject({ code: 200, object: { spec: object.spec } });
  });

  it('of a priority class never raises the generation that it starts with', async () => {
    const classes = '/apis/scheduling.k8s.io/v1/priorityclasses';
    const { object } = await api.ask('POST', classes, { metadata: { name: 'a' }, value: 5 });
    expect(object.metadata.generation).toBe(1);
    const described = await api.ask('PUT', `${classes}/a`, { ...object, description: 'five' });
    expect(described).toMatchObject({ code: 200, object: { description: 'five', metadata: { generation: 1 } } });
  });

  it('with dryRun=All answers the would-be object and stores nothing', async () => {
    const dry = await api.ask('POST', configMaps, configMap('a'), { query: 'dryRun=All' });
    expect(dry).toMatchObject({ code: 201, object: { metadata: { name: 'a', uid: expect.any(String) } } });
    expect((await api.ask('GET', `${configMaps}/a`)).code).toBe(404);
  });

  it('of an unknown field is refused, warned about or silently trimmed, as fieldValidation asks', async () => {
    const wrong = { ...deployment('web'), spec: { ...deployment('web').spec, replicass: 2 } };
    const strict = await api.ask('POST', deployments, wrong, { query: 'fieldValidation=Strict' });
    expect(strict.object.message).toBe(
      'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.replicass"',
    );
    const warned = await api.ask('POST', deployments, wrong, { query: 'fieldValidation=Warn' });
    expect(warned).toMatchObject({ code: 201, warnings: ['unknown field "spec.replicass"'] });
    expect(warned.object.spec).not.toHaveProperty('replicass');
    expect(
      (
        await api.ask(
          'POST',
          deployments,
          { ...wrong, metadata: { name: 'other' } },
          { query: 'fieldValidation=Ignore' },
        )
      ).warnings,
    ).toEqual([]);
  });

  it('finds a name for generateName', async () => {
    const { object } = await api.ask('POST', pods, { ...pod(''), metadata: { generateName: 'web-' } });
    expect(object.metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });

  it('that is not JSON is a bad request', async () => {
    const answer = await api.ask('POST', configMaps, Buffer.from('{"metadata":'));
    expect(answer).toMatchObject({ code: 400, object: { reason: 'BadRequest' } });
  });

  it('through scale changes the replicas of the deployment', async () => {
    await api.ask('POST', deployments, deployment('web'));
    const type = 'application/merge-patch+json';
    const scaled = await api.ask('PATCH', `${deployments}/web/scale`, { spec: { replicas: 4 } }, { type });
    expect(scaled.object).toMatchObject({ kind: 'Scale', spec: { replicas: 4 }, status: { selector: 'app=web' } });
    expect((await api.ask('GET', `${deployments}/web`)).object).toMatchObject({
      spec: { replicas: 4 },
      metadata: { generation: 2 },
    });
  });

  it('by server-side apply makes the object, and names who else owns a field', async () => {
    const type = 'application/apply-patch+yaml';
    const applied = { apiVersion: 'apps/v1', kind: 'Deployment', ...deployment('web') };
    const made = await api.ask('PATCH', `${deployments}/web`, applied, { type, query: 'fieldManager=one' });
    expect(made.code).toBe(201);
    const other = { ...applied, spec: { ...applied.spec, replicas: 5 } };
    const refused = await api.ask('PATCH', `${deployments}/web`, other, { type, query: 'fieldManager=two' });
    expect(refused).toMatchObject({
      code: 409,
      object: { message: 'Apply failed with 1 conflict: conflict with "one": .spec.replicas' },
    });
    const forced = await api.ask('PATCH', `${deployments}/web`, other, { type, query: 'fieldManager=two&force=true' });
    expect(forced.object).toMatchObject({ spec: { replicas: 5 } });
  });

  it('that names another object than the path does is a bad request, patches too', async () => {
    await api.ask('POST', configMaps, configMap('a'));
    const type = 'application/merge-patch+json';
    const rename = await api.ask('PATCH', `${configMaps}/a`, { metadata: { name: 'b' } }, { type });
    expect(rename.object.message).toBe('the name of the object (b) does not match the name on the URL (a)');
    const move = await api.ask('PUT', `${configMaps}/a`, configMap('a', { namespace: 'other' }));
    expect(move.object.message).toBe(
      'the namespace of the object (other) does not match the namespace on the request (shop)',
    );
    const nameless = await api.ask('PUT', `${configMaps}/a`, {});
    expect(nameless.object.message).toBe(
      'the name of the object (a based on URL) was undeterminable: name must be provided',
    );
    const other = await api.ask('PATCH', `${configMaps}/a`, { metadata: { uid: 'x' } }, { type });
    expect(other.object.message).toBe('ConfigMap "a" is invalid: metadata.uid: Invalid value: "x": field is immutable');
  });

  it('by an update makes what is not there only of some kinds, some of which ask for the version afterwards', async () => {
    const leases = '/apis/coordination.k8s.io/v1/namespaces/shop/leases';
    const lease = { metadata: { name: 'a', resourceVersion: '7' }, spec: {} };
    expect(await api.ask('PUT', `${leases}/a`, lease)).toMatchObject({
      code: 201,
      object: { metadata: { name: 'a' } },
    });
    expect(await api.ask('PUT', `${leases}/a`, { ...lease, metadata: { name: 'a' } })).toMatchObject({
      code: 422,
      object: {
        message:
          'leases.coordination.k8s.io "a" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
      },
    });
    expect((await api.ask('PUT', `${configMaps}/a`, configMap('a'))).code).toBe(404);
  });

  it('by server-side apply of an unknown field, or of no version, is refused', async () => {
    const type = 'application/apply-patch+yaml';
    const apply = async (body: object) => {
      const { code, object } = await api.ask('PATCH', `${deployments}/web`, body, { type, query: 'fieldManager=one' });
      return [code, object.reason, object.message];
    };
    const wrong = deployment('web');
    Object.assign(wrong.spec.template.spec.containers[0] ?? {}, { imagee: 'x' });
    expect(await apply({ apiVersion: 'apps/v1', kind: 'Deployment', ...wrong })).toEqual([
      500,
      undefined,
      'failed to create typed patch object (/web; apps/v1, Kind=Deployment): .spec.template.spec.containers[name="app"].imagee: field not declared in schema',
    ]);
    expect(await apply(deployment('web'))).toEqual([
      400,
      'BadRequest',
      'Incorrect version specified in apply patch. Specified patch version: , expected: apps/v1',
    ]);
  });

  it('by a merge patch that does not fit is refused with what it would make of the object', async () => {
    await api.ask('POST', deployments, deployment('web'));
    const type = 'application/merge-patch+json';
    const { code, object } = await api.ask('PATCH', `${deployments}/web`, { spec: { replicas: 'two' } }, { type });
    expect(code).toBe(422);
    expect(object.message).toMatch(
      /^ "" is invalid: patch: Invalid value: "\{.*\\"replicas\\":\\"two\\".*": json: cannot unmarshal string into Go struct field DeploymentSpec\.spec\.replicas of type int32$/,
    );
  });
});
