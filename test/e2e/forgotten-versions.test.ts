/** Watches and lists from a version that the server has forgotten: what a client is told, and that it begins anew. */
import { CoreV1Api, KubeConfig, makeInformer } from '@kubernetes/client-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/run.ts';
import { useTestCluster } from '../helpers/use-test-cluster.ts';

const namespace = 'default';
const path = `/api/v1/namespaces/${namespace}/configmaps`;
/** More changes of one kind than the server keeps. */
const changes = 1010;
const atOnce = 10;

describe('what is forgotten', () => {
  const { lab, kubectl, k } = useTestCluster();
  let config: KubeConfig;
  let core: CoreV1Api;
  /** Of a list made before all the changes. */
  let early: string;
  let next: string;

  beforeAll(async () => {
    config = new KubeConfig();
    config.loadFromFile(lab.cluster.kubeconfigPath);
    core = config.makeApiClient(CoreV1Api);
    for (const name of ['a', 'b']) await k('create', 'configmap', name, '--from-literal=count=0');
    const page = JSON.parse(await k('get', '--raw', `${path}?limit=1`)) as { metadata: Record<string, string> };
    early = page.metadata['resourceVersion'] ?? '';
    next = page.metadata['continue'] ?? '';
    const change = (count: number) => {
      const body = { metadata: { name: 'a' }, data: { count: String(count) } };
      return core.replaceNamespacedConfigMap({ name: 'a', namespace, body });
    };
    for (let count = 0; count < changes; count += atOnce) {
      await Promise.all(Array.from({ length: atOnce }, (_, index) => change(count + index)));
    }
    await change(changes);
  });

  it('a watch is told so in its stream, and ends', async () => {
    const stream = await k('get', '--raw', `${path}?watch=1&resourceVersion=${early}`);
    expect(JSON.parse(stream)).toMatchObject({
      type: 'ERROR',
      object: {
        kind: 'Status',
        code: 410,
        reason: 'Expired',
        message: expect.stringMatching(`^too old resource version: ${early} \\(\\d+\\)$`) as string,
      },
    });
  });

  it('a watch that lists first says with a bookmark where its list ends', async () => {
    const query =
      'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=1';
    const lines = (await k('get', '--raw', `${path}?${query}`)).trim().split('\n');
    const events = lines.map(
      (line) => JSON.parse(line) as { type: string; object: { metadata: { name?: string; annotations?: object } } },
    );
    expect(events.map(({ type, object }) => `${type} ${object.metadata.name ?? ''}`.trim())).toEqual([
      'ADDED a',
      'ADDED b',
      'ADDED kube-root-ca.crt',
      'BOOKMARK',
    ]);
    expect(events.at(-1)?.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
  });

  it('the rest of a list in pages is refused, with a way to go on', async () => {
    const { stderr } = await kubectl(['get', '--raw', `${path}?limit=1&continue=${encodeURIComponent(next)}`]);
    expect(stderr).toContain('The provided continue parameter is too old to display a consistent list result.');
    expect((await k('get', 'configmaps', '--chunk-size=1', '-o', 'name')).trim().split('\n')).toEqual(
      expect.arrayContaining(['configmap/a', 'configmap/b']),
    );
  });

  it('an informer that comes back too late lists anew, and misses nothing', async () => {
    let lists = 0;
    const list = async () => {
      lists++;
      const answer = await core.listNamespacedConfigMap({ namespace });
      // As one that was cut off before the changes.
      if (lists === 1) {
        answer.metadata = { resourceVersion: early };
        answer.items = [];
      }
      return answer;
    };
    const informer = makeInformer(config, path, list);
    const seen = new Map<string, string>();
    for (const verb of ['add', 'update'] as const)
      informer.on(verb, ({ metadata, data }) => void seen.set(metadata?.name ?? '', data?.['count'] ?? ''));
    informer.on('error', () => {});
    await informer.start();
    await eventually(
      'it has listed again',
      () => Promise.resolve(seen.get('a')),
      (count) => count === String(changes),
    );
    expect(lists).toBe(2);
    await k('create', 'configmap', 'after', '--from-literal=count=9');
    await eventually(
      'it goes on watching',
      () => Promise.resolve(seen.get('after')),
      (count) => count === '9',
    );
    expect(lists).toBe(2);
    await informer.stop();
  });
});
