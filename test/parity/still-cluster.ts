/**
 * The whole engine on a clock that stands still until told to move: API server, controllers, scheduler and kubelet are the
 * real ones, programs and network are imagined. Three minutes of a recorded case take a second.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApiServer } from '../../cluster/apiserver/server.ts';
import { createClient } from '../../cluster/client/create-client.ts';
import { createEventRecorder } from '../../cluster/client/event-recorder.ts';
import { createInformers } from '../../cluster/client/informers.ts';
import { runController } from '../../cluster/client/run-controller.ts';
import { createInProcessTransport } from '../../cluster/client/transport.ts';
import { bootstrapObjects } from '../../cluster/controllers/bootstrap.ts';
import { createControllers } from '../../cluster/controllers/index.ts';
import { createKubelet } from '../../cluster/kubelet/kubelet.ts';
import { createFakeRuntime, type FakeRuntime } from '../../cluster/kubelet/testing/fake-runtime.ts';
import type { PodNetwork } from '../../cluster/network/pod-network.ts';
import type { KubeObject } from '../../cluster/objects/types.ts';
import { FakeClock } from '../helpers/fake-clock.ts';

export interface StillCluster extends AsyncDisposable {
  runtime: FakeRuntime;
  create(object: KubeObject): Promise<void>;
  /** Rows of `kubectl get pods -w`, with the seconds since the clock began in front of each. */
  rows: readonly string[];
  advance(byMs: number): Promise<void>;
}

const namespace = 'production';
const node = {
  name: 'node-1',
  ip: '172.20.0.10',
  podCIDR: '10.42.0.0/24',
  kubeletVersion: 'v1.34.2',
  containerRuntimeVersion: 'test://1',
};
/** Nobody listens anywhere. */
const network: PodNetwork = {
  attach: () => ({ ip: '10.42.0.5', preload: '/preload.cjs', env: {} }),
  detach: () => {},
  connect: () => Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })),
};

/** @param random from 0 up to 1, for jitter */
export async function startStillCluster(random: () => number): Promise<StillCluster> {
  const clock = new FakeClock();
  const dir = await mkdtemp(join(tmpdir(), 'parity-still-'));
  const stop = new AbortController();
  const { signal } = stop;
  const server = createApiServer({ clock, metricsServer: false });
  const client = createClient(createInProcessTransport(server.handle, { user: 'system:apiserver' }));
  const informers = createInformers({ client, clock, signal });
  const recorder = (component: string) => createEventRecorder({ client, clock, component });
  const options = { volumesDir: join(dir, 'volumes'), rootCertificate: 'certificate' };
  const controllers = createControllers({ client, informers, clock, recorder, options });
  await bootstrapObjects(client, node.ip, { storageClass: false });
  const running = controllers.map((controller) => runController(controller, { clock, signal, onError() {} }));
  const runtime = createFakeRuntime(clock);
  const kubelet = createKubelet({
    client,
    informers,
    recorder: recorder('kubelet'),
    runtime,
    network,
    clock,
    random,
    dirs: { podsDir: join(dir, 'pods'), logsDir: join(dir, 'logs'), volumesDir: options.volumesDir },
    node,
  });
  await kubelet.registered;
  const ask = async (method: string, path: string, body?: object, query = '') =>
    await server.handle({
      method,
      path,
      query: new URLSearchParams(query),
      headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io', 'content-type': 'application/json' },
      body: body ?? new Uint8Array(),
      user: 'system:apiserver',
      signal,
    });
  await ask('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  await clock.advance(100);
  const startMs = clock.now();
  const rows: string[] = [];
  const watch = await ask('GET', `/api/v1/namespaces/${namespace}/pods`, undefined, 'watch=true');
  if (watch.type !== 'watch') throw new Error('no watch');
  watch.start({
    send: ({ type, object }) => rows.push(...rowsOf(type, object, clock.now() - startMs)),
    end() {},
  });

  return {
    runtime,
    rows,
    async create(object) {
      const { kind, apiVersion } = object;
      const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
      const answer = await ask('POST', `${root}/namespaces/${namespace}/${kind?.toLowerCase()}s`, object);
      if (answer.code !== 201) throw new Error(`${kind}: ${JSON.stringify(answer)}`);
    },
    async advance(byMs) {
      for (let left = byMs; left > 0; left -= 100) await clock.advance(Math.min(100, left));
    },
    async [Symbol.asyncDispose]() {
      await kubelet[Symbol.asyncDispose]();
      stop.abort();
      await Promise.all(running);
      await server.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** A change as kubectl prints it, with the seconds in front. */
function rowsOf(type: string, table: object, afterMs: number): string[] {
  const { rows = [] } = table as { rows?: { cells: unknown[] }[] };
  const seconds = (afterMs / 1000).toFixed(1).padStart(7);
  return rows.map(({ cells }) => `${seconds} ${type} ${cells.slice(0, 5).join('   ')}`);
}
