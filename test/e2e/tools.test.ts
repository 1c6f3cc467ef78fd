import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import {
  AppsV1Api,
  CoreV1Api,
  Exec,
  KubeConfig,
  KubernetesObjectApi,
  Log,
  makeInformer,
  Metrics,
  PatchStrategy,
  PortForward,
  V1Scale,
  type V1Status,
} from '@kubernetes/client-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { helmPath, kubectlEnv } from '../helpers/kubectl.ts';
import { eventually, run, type Finished } from '../helpers/run.ts';
import { useTestCluster } from '../helpers/use-test-cluster.ts';

const chart = fileURLToPath(new URL('testdata/chart', import.meta.url));
const manifest = fileURLToPath(new URL('manifests/web.yaml', import.meta.url));
const namespace = 'default';

const { lab, kubectl } = useTestCluster();

describe('helm', () => {
  const helm = (...args: string[]): Promise<Finished> => {
    const home = join(lab.dir, 'helm');
    const env = {
      ...kubectlEnv(lab.cluster.kubeconfigPath),
      HELM_CACHE_HOME: home,
      HELM_CONFIG_HOME: home,
      HELM_DATA_HOME: home,
    };
    return run(helmPath(), args, { env });
  };
  const h = async (...args: string[]): Promise<string> => {
    const result = await helm(...args);
    expect(result, `helm ${args.join(' ')}\n${result.stderr}`).toMatchObject({ code: 0 });
    return result.stdout;
  };
  const tag = async () =>
    (await kubectl(['get', 'deployment', 'shop', '-o', 'jsonpath={.spec.template.spec.containers[0].image}'])).stdout;

  it('installs a chart and waits until it is ready', async () => {
    expect(await h('install', 'shop', chart, '--wait', '--timeout', '60s')).toContain('STATUS: deployed');
    expect(await h('list')).toMatch(/shop\s+default\s+1\s+.*deployed\s+web-0\.1\.0/);
    expect(await h('status', 'shop')).toContain('STATUS: deployed');
    expect((await kubectl(['get', 'serviceaccount', 'shop-before', '-o', 'name'])).code).toBe(0);
  });

  it('upgrades it, refuses a wrong upgrade, and tells its history', async () => {
    await h('upgrade', 'shop', chart, '--set', 'tag=2', '--wait', '--timeout', '60s');
    expect(await tag()).toBe('web:2');
    const wrong = await helm('upgrade', 'shop', chart, '--set', 'replicas=many');
    expect(wrong.code).not.toBe(0);
    expect(wrong.stderr).toMatch(/replicas/);
    expect(await h('history', 'shop')).toMatch(/1\s.*superseded[\s\S]*2\s.*deployed[\s\S]*3\s.*failed/);
  });

  it('gives up on an upgrade that does not become ready, and rolls back', async () => {
    const missing = await helm('upgrade', 'shop', chart, '--set', 'tag=missing', '--wait', '--timeout', '5s');
    expect(missing.code).not.toBe(0);
    await h('rollback', 'shop', '2', '--wait', '--timeout', '60s');
    expect(await tag()).toBe('web:2');
    expect(await h('get', 'manifest', 'shop')).toContain('image: web:2');
  });

  it('uninstalls it with all that belongs to it', async () => {
    expect(await h('uninstall', 'shop', '--wait', '--timeout', '60s')).toContain('release "shop" uninstalled');
    expect((await kubectl(['get', 'deployment,service,configmap', '-o', 'name'])).stdout).not.toContain('shop');
    expect((await kubectl(['get', 'secrets', '-o', 'name'])).stdout).not.toContain('sh.helm.release');
  });
});

describe('the client library for Node', () => {
  let config: KubeConfig;
  let core: CoreV1Api;
  let pod: string;

  beforeAll(async () => {
    config = new KubeConfig();
    config.loadFromFile(lab.cluster.kubeconfigPath);
    core = config.makeApiClient(CoreV1Api);
    await kubectl(['apply', '-f', manifest]);
    await kubectl(['rollout', 'status', 'deployment/web', '--timeout=60s']);
    const { items } = await core.listNamespacedPod({ namespace, labelSelector: 'app=web' });
    pod = items[0]?.metadata?.name ?? '';
  });

  it('creates, reads, patches, applies and deletes', async () => {
    const objects = KubernetesObjectApi.makeApiClient(config);
    const settings = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', namespace },
      data: { a: '1' },
    };
    await objects.create(settings);
    const applied = { ...settings, data: { a: '2' } };
    await objects.patch(applied, undefined, undefined, 'tool', true, PatchStrategy.ServerSideApply);
    expect((await core.readNamespacedConfigMap({ name: 'settings', namespace })).data).toEqual({ a: '2' });
    await objects.delete(settings);
    await expect(core.readNamespacedConfigMap({ name: 'settings', namespace })).rejects.toMatchObject({ code: 404 });
  });

  it('scales, and sees a conflict when somebody was faster', async () => {
    const apps = config.makeApiClient(AppsV1Api);
    const scale = await apps.readNamespacedDeploymentScale({ name: 'web', namespace });
    await apps.replaceNamespacedDeploymentScale({
      name: 'web',
      namespace,
      body: Object.assign(new V1Scale(), scale, { spec: { replicas: 2 } }),
    });
    const stale = apps.replaceNamespacedDeploymentScale({
      name: 'web',
      namespace,
      body: Object.assign(new V1Scale(), scale, { spec: { replicas: 3 } }),
    });
    await expect(stale).rejects.toMatchObject({ code: 409 });
  });

  it('keeps an informer up to date', async () => {
    const list = () => core.listNamespacedConfigMap({ namespace });
    const informer = makeInformer(config, `/api/v1/namespaces/${namespace}/configmaps`, list);
    const seen: string[] = [];
    for (const verb of ['add', 'update', 'delete'] as const) {
      informer.on(verb, ({ metadata }) => void seen.push(`${verb} ${metadata?.name}`));
    }
    await informer.start();
    await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'watched' }, data: { a: '1' } } });
    await core.replaceNamespacedConfigMap({
      namespace,
      name: 'watched',
      body: { metadata: { name: 'watched' }, data: { a: '2' } },
    });
    await core.deleteNamespacedConfigMap({ namespace, name: 'watched' });
    const all = await eventually(
      'the informer hears of it',
      () => Promise.resolve(seen),
      ({ length }) => length > 2 && seen.includes('delete watched'),
    );
    expect(all.filter((line) => line.endsWith('watched'))).toEqual(['add watched', 'update watched', 'delete watched']);
    await informer.stop();
  });

  it('executes a command, with its input and its exit code', async () => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const { promise, resolve } = Promise.withResolvers<V1Status>();
    const command = ['sh', '-c', 'cat; echo oops >&2; exit 3'];
    const input = new PassThrough().end('given');
    await new Exec(config).exec(namespace, pod, 'web', command, stdout, stderr, input, false, resolve);
    expect(await promise).toMatchObject({ status: 'Failure', reason: 'NonZeroExitCode' });
    stdout.end();
    stderr.end();
    expect([await text(stdout), await text(stderr)]).toEqual(['given', 'oops\n']);
  });

  it('forwards a port', async () => {
    const forward = new PortForward(config);
    const server = createServer((socket) => {
      void forward.portForward(namespace, pod, [3000], socket, null, socket);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write('GET /from-library HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    // The library leaves its end open when the session ends.
    let read = '';
    socket.setEncoding('utf8').on('data', (piece: string) => (read += piece));
    await eventually(
      'the answer comes',
      () => Promise.resolve(read),
      (answer) => answer.includes('hello from web'),
    );
    socket.destroy();
    server.close();
  });

  it('reads and follows logs', async () => {
    const stream = new PassThrough();
    // The library leaves nobody to hear that what it reads was ended by us.
    stream.once('pipe', (source) => source.on('error', () => {}));
    const following = await new Log(config).log(namespace, pod, 'web', stream, { follow: true });
    let read = '';
    stream.setEncoding('utf8').on('data', (piece: string) => (read += piece));
    await eventually(
      'what the forward asked for is logged',
      () => Promise.resolve(read),
      (log) => log.includes('/from-library'),
    );
    following.abort();
  });

  it('reads metrics', async () => {
    const metrics = new Metrics(config);
    const pods = await eventually(
      'metrics',
      () => metrics.getPodMetrics(namespace),
      ({ items }) => items.length > 0,
    );
    expect(pods.items[0]?.containers[0]?.usage).toMatchObject({ memory: expect.stringMatching(/^\d+Ki$/) as string });
    expect((await metrics.getNodeMetrics()).items).toHaveLength(1);
  });
});
