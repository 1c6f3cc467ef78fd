import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock } from '../../../test/helpers/fake-clock.ts';
import { createApiServer } from '../../apiserver/server.ts';
import { createClient } from '../../client/create-client.ts';
import { createEventRecorder } from '../../client/event-recorder.ts';
import { createInformers } from '../../client/informers.ts';
import { events, namespaces, pods, serviceAccounts } from '../../client/resources.ts';
import { createInProcessTransport } from '../../client/transport.ts';
import type { PodNetwork } from '../../network/pod-network.ts';
import type { Container, Pod, PodSpec } from '../../objects/types.ts';
import { createKubelet, type Kubelet } from '../kubelet.ts';
import { createFakeRuntime } from './fake-runtime.ts';

/** A network of one address where nobody listens. */
const fakeNetwork: PodNetwork = {
  attach: () => ({ ip: '10.42.0.5', preload: '/preload.cjs', env: {} }),
  detach: () => {},
  connect: () => Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })),
};

/** A kubelet with the real API server and an imaginary runtime, on a clock that the test moves. */
export async function createNodeUnderTest() {
  const clock = new FakeClock();
  const stop = new AbortController();
  const server = createApiServer({ clock });
  const client = createClient(createInProcessTransport(server.handle, { user: 'system:node:node-1' }));
  const informers = createInformers({ client, clock, signal: stop.signal });
  const recorder = createEventRecorder({ client, clock, component: 'kubelet', host: 'node-1' });
  const runtime = createFakeRuntime(clock);
  const dir = mkdtempSync(join(tmpdir(), 'kubelet-'));
  for (const name of ['default', 'production', 'kube-node-lease']) {
    await client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    const metadata = { name: 'default', namespace: name };
    await client.create(serviceAccounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata });
  }
  const kubelet: Kubelet = createKubelet({
    client,
    informers,
    recorder,
    runtime,
    network: fakeNetwork,
    clock,
    random: () => 0,
    dirs: { podsDir: join(dir, 'pods'), logsDir: join(dir, 'logs'), volumesDir: join(dir, 'volumes') },
    node: {
      name: 'node-1',
      ip: '172.20.0.10',
      kubeletVersion: 'v1.34.1',
      containerRuntimeVersion: 'test://1',
      podCIDR: '10.42.0.0/24',
    },
  });
  await kubelet.registered;

  /** Moves time in small steps, so that work in between settles as it would in real life. */
  async function advance(byMs: number): Promise<void> {
    for (let left = byMs; left > 0; left -= 100) await clock.advance(Math.min(100, left));
    await recorder.settled();
  }

  return {
    client,
    runtime,
    advance,
    async createPod(container: Partial<Container>, spec: Partial<PodSpec> = {}): Promise<Pod> {
      const created = await client.create<Pod>(pods, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'web', namespace: 'production' },
        spec: { containers: [{ name: 'app', ...container }], nodeName: 'node-1', ...spec },
      });
      await advance(200);
      return created;
    },
    getPod: () => client.get<Pod>(pods, 'web', 'production'),
    async state() {
      const pod = await client.get<Pod>(pods, 'web', 'production');
      const [status] = pod.status?.containerStatuses ?? [];
      const { waiting, terminated } = status?.state ?? {};
      return `${waiting?.reason ?? terminated?.reason ?? pod.status?.phase} ${status?.restartCount}`;
    },
    async eventTexts(reason: string): Promise<string[]> {
      await recorder.settled();
      const { items } = await client.list(events, { namespace: 'production' });
      return items.filter((one) => one.reason === reason).map(({ message = '' }) => message);
    },
    async [Symbol.asyncDispose]() {
      await kubelet[Symbol.asyncDispose]();
      stop.abort();
      await server.close();
    },
  };
}
