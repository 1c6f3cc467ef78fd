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
} from './testing/api-under-test.ts';

let api: ApiUnderTest;

beforeEach(async () => {
  api = await startApi();
});

afterEach(() => api.server.close());

describe('a delete', () => {
  it('lets a running pod end first, and takes one that runs nowhere at once', async () => {
    await api.ask('POST', pods, pod('idle'));
    await api.ask('DELETE', `${pods}/idle`);
    expect((await api.ask('GET', `${pods}/idle`)).code).toBe(404);

    await api.ask('POST', pods, pod('web'));
    await api.ask('POST', `${pods}/web/binding`, { target: { kind: 'Node', name: 'node-1' } });
    const going = await api.ask('DELETE', `${pods}/web`);
    expect(going.object.metadata).toMatchObject({
      deletionGracePeriodSeconds: 30,
      deletionTimestamp: '2026-11-20T16:47:30Z',
    });
    await api.ask('DELETE', `${pods}/web`, {
      gracePeriodSeconds: 0,
      preconditions: { uid: going.object.metadata.uid },
    });
    expect((await api.ask('GET', `${pods}/web`)).code).toBe(404);
  });

  it('may shorten the grace of a pod that is going, not lengthen it', async () => {
    await api.ask('POST', pods, pod('web', { nodeName: 'node-1' }));
    await api.ask('DELETE', `${pods}/web`);
    const shorter = await api.ask('DELETE', `${pods}/web`, { gracePeriodSeconds: 5 });
    expect(shorter.object.metadata).toMatchObject({
      deletionGracePeriodSeconds: 5,
      deletionTimestamp: '2026-11-20T16:47:05Z',
    });
    const longer = await api.ask('DELETE', `${pods}/web`, { gracePeriodSeconds: 60 });
    expect(longer.object.metadata.deletionGracePeriodSeconds).toBe(5);
  });

  it('of a collection with a limit takes so many', async () => {
    for (const name of ['a', 'b', 'c']) await api.ask('POST', configMaps, configMap(name, { labels: { app: 'x' } }));
    const asked = { query: 'labelSelector=app%3Dx&limit=2' };
    const first = await api.ask('DELETE', configMaps, undefined, asked);
    expect(first.object.items?.map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
    const second = await api.ask('DELETE', configMaps, undefined, asked);
    expect(second.object.items?.map(({ metadata }) => metadata.name)).toEqual(['c']);
  });

  it('waits for the last finalizer', async () => {
    await api.ask('POST', configMaps, configMap('a', { finalizers: ['example.com/hold'] }));
    expect((await api.ask('DELETE', `${configMaps}/a`)).object.metadata.deletionTimestamp).toBeDefined();
    const type = 'application/merge-patch+json';
    const added = await api.ask(
      'PATCH',
      `${configMaps}/a`,
      { metadata: { finalizers: ['example.com/hold', 'example.com/more'] } },
      { type },
    );
    expect(added.code).toBe(422);
    await api.ask('PATCH', `${configMaps}/a`, { metadata: { finalizers: null } }, { type });
    expect((await api.ask('GET', `${configMaps}/a`)).code).toBe(404);
  });

  it('with Foreground leaves a finalizer for the garbage collector', async () => {
    await api.ask('POST', deployments, deployment('web'));
    const { object } = await api.ask('DELETE', `${deployments}/web`, { propagationPolicy: 'Foreground' });
    expect(object.metadata.finalizers).toEqual(['foregroundDeletion']);
  });

  it('with another uid is a conflict', async () => {
    await api.ask('POST', configMaps, configMap('a'));
    expect((await api.ask('DELETE', `${configMaps}/a`, { preconditions: { uid: 'other' } })).code).toBe(409);
  });

  it('closes a namespace until it is emptied and finalized', async () => {
    await api.ask('DELETE', '/api/v1/namespaces/shop');
    const { object } = await api.ask('GET', '/api/v1/namespaces/shop');
    expect(object).toMatchObject({ status: { phase: 'Terminating' }, spec: { finalizers: ['kubernetes'] } });
    const refused = await api.ask('POST', configMaps, configMap('a'));
    expect(refused).toMatchObject({
      code: 403,
      object: {
        message:
          'configmaps "a" is forbidden: unable to create new content in namespace shop because it is being terminated',
      },
    });
    await api.ask('PUT', '/api/v1/namespaces/shop/finalize', { ...object, spec: { finalizers: [] } });
    expect((await api.ask('GET', '/api/v1/namespaces/shop')).code).toBe(404);
    expect((await api.ask('POST', configMaps, configMap('a'))).object.message).toBe('namespaces "shop" not found');
  });
});
