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
});
