/** For tests: an API server with all controllers and a make-believe kubelet, on a clock that the test moves. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { toTimestamp, type Clock } from '../../lib/clock.ts';
import { FakeClock } from '../../test/helpers/fake-clock.ts';
import { createApiServer, type ApiServer } from '../apiserver/server.ts';
import type { Client } from '../client/client.ts';
import { createClient } from '../client/create-client.ts';
import { keyOf, type Controller } from '../client/controller.ts';
import { createEventRecorder } from '../client/event-recorder.ts';
import { createInformers } from '../client/informers.ts';
import { events, nodes, pods } from '../client/resources.ts';
import { runController } from '../client/run-controller.ts';
import { createInProcessTransport } from '../client/transport.ts';
import type { Informers } from '../client/informer.ts';
import { setStatusCondition } from '../objects/conditions.ts';
import { isStatusError } from '../objects/status-error.ts';
import type { Node, Pod } from '../objects/types.ts';
import { bootstrapObjects } from './bootstrap.ts';
import { createControllers } from './index.ts';

export interface TestCluster extends AsyncDisposable {
  client: Client;
  server: ApiServer;
  volumesDir: string;
  /** Decides what becomes of pods; by default they become ready at once, and stop at once. */
  kubelet: { becomesReady: (pod: Pod) => boolean; stops: (pod: Pod) => boolean };
  errors: unknown[];
  /**
   * Moves the clock in steps of 100 ms until `condition` holds.
   * @throws when it does not within `withinMs`
   */
  until: (condition: () => Promise<boolean> | boolean, withinMs?: number) => Promise<void>;
  advance(byMs: number): Promise<void>;
  /** The messages of all events about an object, by reason. */
  eventTexts(name: string, reason: string): Promise<string[]>;
}

const diskMs = 5_000;

/** @param options `bare`: without a metrics server and a storage class */
export async function startTestCluster(
  options: { node?: Partial<Record<string, string>>; clock?: Clock; bare?: boolean } = {},
): Promise<TestCluster> {
  const clock = options.clock ?? new FakeClock();
  const volumesDir = await mkdtemp(path.join(tmpdir(), 'volumes-'));
  const ended = new AbortController();
  const errors: unknown[] = [];
  const noteError = (error: unknown) => {
    // Two writers met and the loser tries again: nothing is wrong.
    if (!isStatusError(error, 'Conflict')) errors.push(error);
  };
  const server = createApiServer({
    clock,
    metricsServer: !options.bare,
    onError: (error) => errors.push(error),
  });
  const client = createClient(createInProcessTransport(server.handle, { user: 'system:kube-controller-manager' }));
  const informers = createInformers({ client, clock, signal: ended.signal });
  const controllers = createControllers({
    client,
    informers,
    clock,
    recorder: (component) => createEventRecorder({ client, clock, component }),
    options: { volumesDir, rootCertificate: 'certificate' },
  });
  const kubelet: TestCluster['kubelet'] = { becomesReady: () => true, stops: () => true };
  await bootstrapObjects(client, '172.20.0.10', { storageClass: !options.bare });
  await registerNode(client, options.node ?? {});
  const running = [...controllers, createTestKubelet(client, informers, clock, kubelet)].map((controller) =>
    runController(controller, { clock, signal: ended.signal, onError: noteError }),
  );
  const advance = (byMs: number) =>
    clock instanceof FakeClock ? clock.advance(byMs) : new Promise<void>((resolve) => setTimeout(resolve, byMs));
  return {
    client,
    server,
    volumesDir,
    kubelet,
    errors,
    advance,
    async until(condition, withinMs = 20_000) {
      for (let waitedMs = 0; waitedMs < withinMs; waitedMs += 100) {
        if (await condition()) return;
        await advance(100);
      }
      // Volumes are folders of the real disk, which takes its own time.
      const givenUpAt = performance.now() + diskMs;
      while (!(await condition())) {
        if (performance.now() > givenUpAt) throw new Error(`not so within ${withinMs} ms: ${condition.toString()}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
        await advance(0);
      }
    },
    async eventTexts(name, reason) {
      const { items } = await client.list(events);
      const about = items.filter((event) => event.involvedObject.name === name && event.reason === reason);
      return about.map(({ message }) => message ?? '');
    },
    async [Symbol.asyncDispose]() {
      ended.abort();
      await Promise.all(running);
      await server.close();
      await rm(volumesDir, { recursive: true, force: true });
    },
  };
}

async function registerNode(client: Client, allocatable: Partial<Record<string, string>>): Promise<void> {
  const capacity = { cpu: '2', memory: '4Gi', pods: '110', ...allocatable } as Record<string, string>;
  const node: Node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'node-1', labels: { 'kubernetes.io/hostname': 'node-1' } },
  };
  const created = await client.create(nodes, node);
  const addresses = [{ type: 'InternalIP', address: '172.20.0.10' }];
  await client.updateStatus(nodes, { ...created, status: { capacity, allocatable: capacity, addresses } });
}

/** Bound pods run and get an address; deleted ones end at once. */
function createTestKubelet(
  client: Client,
  informers: Informers,
  clock: Clock,
  behaviour: TestCluster['kubelet'],
): Controller {
  let addresses = 0;
  return {
    name: 'test-kubelet',
    watches: [{ informer: informers.for(pods), keysOf: (pod: Pod) => (pod.spec?.nodeName ? [keyOf(pod)] : []) }],
    async reconcile(key) {
      const pod = informers.for(pods).get(key);
      if (!pod) return;
      const { name = '', namespace, uid, deletionTimestamp } = pod.metadata;
      if (deletionTimestamp) {
        if (!behaviour.stops(pod)) return;
        await client.delete(pods, name, { namespace, uid, gracePeriodSeconds: 0 }).catch(() => {});
        return;
      }
      const status = behaviour.becomesReady(pod) ? 'True' : 'False';
      const before = pod.status?.conditions ?? [];
      if (before.some((one) => one.type === 'Ready' && one.status === status)) return;
      const podIP = pod.status?.podIP ?? `10.42.0.${++addresses + 4}`;
      const next = {
        ...pod.status,
        phase: 'Running',
        podIP,
        podIPs: [{ ip: podIP }],
        conditions: setStatusCondition(before, { type: 'Ready', status }, toTimestamp(clock.now())),
      };
      await client.updateStatus(pods, { ...pod, status: next });
    },
  };
}
