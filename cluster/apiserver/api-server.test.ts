import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiUnderTest, configMaps, pod, pods, startApi, tableAccept } from './testing/api-under-test.ts';

let api: ApiUnderTest;

beforeEach(async () => {
  api = await startApi();
});

afterEach(() => api.server.close());

describe('what is answered', () => {
  it('is a table when one is asked for', async () => {
    await api.ask('POST', pods, pod('web'));
    const { object } = await api.ask('GET', pods, undefined, { accept: tableAccept });
    expect(object).toMatchObject({
      kind: 'Table',
      rows: [{ cells: ['web', '0/1', 'Pending', '0', '0s', '<none>', '<none>', '<none>', '<none>'] }],
    });
  });

  it('is metadata only when that is asked for', async () => {
    await api.ask('POST', pods, pod('web'));
    const accept = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';
    const { object } = await api.ask('GET', pods, undefined, { accept });
    expect(object.kind).toBe('PartialObjectMetadataList');
    expect(object.items?.[0]).not.toHaveProperty('spec');
  });

  it('is a Status for a path, a method or a selector that is not served', async () => {
    expect((await api.ask('GET', '/apis/apps/v9/things')).code).toBe(404);
    expect((await api.ask('GET', '/apis/example.com/v1/things', undefined, { user: 'system:part' })).code).toBe(404);
    expect((await api.ask('PUT', configMaps, {})).code).toBe(405);
    const wrong = await api.ask('GET', pods, undefined, { query: 'fieldSelector=spec.foo%3Dbar' });
    expect(wrong.object.message).toBe('field label not supported: spec.foo');
  });

  it('is no method for HEAD, nor for a change of all namespaces at once', async () => {
    await api.ask('POST', pods, pod('web'));
    for (const path of [pods, `${pods}/web`, '/version', '/apis']) expect((await api.ask('HEAD', path)).code).toBe(405);
    expect((await api.send('HEAD', '/livez')).code).toBe(200);
    expect((await api.ask('DELETE', '/api/v1/pods')).code).toBe(405);
    expect((await api.ask('POST', '/api/v1/pods', pod('other'))).code).toBe(405);
    expect((await api.ask('GET', '/api/v1/pods/web')).code).toBe(404);
    expect((await api.ask('GET', '/api/v1/pods')).object.items).toHaveLength(1);
  });

  it('is a watch for whoever says of it anything but no', async () => {
    for (const no of ['0', 'false', 'False']) {
      expect((await api.send('GET', pods, undefined, { query: `watch=${no}` })).type).toBe('object');
    }
    for (const yes of ['', '1', 'true', 'maybe']) {
      expect((await api.send('GET', pods, undefined, { query: `watch=${yes}` })).type).toBe('watch');
    }
  });

  it('has a list of the parts of a control plane, which are well, and warns of it', async () => {
    const { object, warnings } = await api.ask('GET', '/api/v1/componentstatuses', undefined, { accept: tableAccept });
    expect(object).toMatchObject({
      rows: [
        { cells: ['controller-manager', 'Healthy', 'ok', ''] },
        { cells: ['scheduler', 'Healthy', 'ok', ''] },
        { cells: ['etcd-0', 'Healthy', 'ok', ''] },
      ],
    });
    expect(warnings).toEqual(['v1 ComponentStatus is deprecated in v1.19+']);
    expect((await api.ask('GET', '/api/v1/componentstatuses/etcd-1')).object.message).toBe(
      'componentstatuses "etcd-1" not found',
    );
  });

  it('warns of Endpoints, which is on its way out', async () => {
    const { warnings } = await api.ask('GET', '/api/v1/namespaces/shop/endpoints');
    expect(warnings).toEqual(['v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice']);
  });
});
