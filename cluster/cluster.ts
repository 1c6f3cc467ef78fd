/**
 * The composition root: the one file that sees every part of the engine. It wires API server, controllers,
 * kubelet and network, and fills the two ports that would else be cycles: the API server's way to the kubelet
 * (`nodeProxy`) and the controllers' way into the API server's own request handler (in-process transports).
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock, type Clock } from '../lib/clock.ts';
import type { NodeProxy } from './apiserver/node-proxy.ts';
import { createApiServer, type AuditEntry } from './apiserver/server.ts';
import { kubeconfigFor } from './apiserver/kubeconfig.ts';
import { version } from './apiserver/version.ts';
import { adminToken, makeDirs, writeSecret, type Dirs } from './cluster-files.ts';
import { createClient } from './client/create-client.ts';
import type { Client } from './client/client.ts';
import { createEventRecorder } from './client/event-recorder.ts';
import { createInformers } from './client/informers.ts';
import type { Informers } from './client/informer.ts';
import { runController } from './client/run-controller.ts';
import { createInProcessTransport } from './client/transport.ts';
import { createTurns } from './client/turns.ts';
import { apiServer, bootstrapObjects } from './controllers/bootstrap.ts';
import { createControllers } from './controllers/index.ts';
import { createKubelet, type Kubelet } from './kubelet/kubelet.ts';
import type { NodeOptions } from './kubelet/node-object.ts';
import { joinNodeProxies } from './kubelet/several-nodes.ts';
import { createPodNetwork } from './network/create-pod-network.ts';
import { createLoadBalancer, type LoadBalancerAddress } from './network/load-balancer.ts';
import { nodesOf, oneNode, type NodeShape } from './kubelet/node-shape.ts';
import { isStatusError } from './objects/status-error.ts';
import { appletsDirectory } from './runtime/applets/applets-directory.ts';
import { ImageStore } from './runtime/images.ts';
import { createNodeRuntime } from './runtime/node-process.ts';
import { providePause } from './runtime/pause/image.ts';
import { provideToolbox } from './runtime/toolbox/image.ts';

export type { Image } from './runtime/container-runtime.ts';
export type { AuditEntry } from './apiserver/server.ts';
export type { LoadBalancerAddress } from './network/load-balancer.ts';
export type { NodeShape } from './kubelet/node-shape.ts';

export interface ClusterOptions {
  /** Everything that the cluster keeps lies below this folder. */
  dir: string;
  /** Port of the API on 127.0.0.1; default: any free one. */
  port?: number;
  /** The namespace that the kubeconfig starts in. */
  namespace?: string;
  /** Default: one, `node-1`. All of them are this machine; pods are spread over them as a scheduler would. */
  nodes?: readonly NodeShape[];
  /** Port of a Service of type LoadBalancer → ports of this machine to try for it, in order. */
  loadBalancerPorts?: Readonly<Record<number, readonly number[]>>;
  /** What a distribution brings along with Kubernetes; default: all of it. */
  addons?: {
    /** Answers `metrics.k8s.io`, for `kubectl top` and autoscalers. */
    metricsServer?: boolean;
    /** The default class `local-path`. */
    storageClass?: boolean;
  };
  clock?: Clock;
  /** Keeps the objects on disk: a cluster that is started again in the same `dir` goes on. Default: it begins anew. */
  persist?: boolean;
  /** Told of each change that came over HTTPS. */
  audit?: (entry: AuditEntry) => void;
  /** Told of what goes wrong inside. */
  log?: (message: string, error?: unknown) => void;
  /** Ends the cluster when it aborts, as disposing does. */
  signal?: AbortSignal;
}

export interface RunningCluster extends AsyncDisposable {
  kubeconfigPath: string;
  url: string;
  version: string;
  images: ImageStore;
  /** Where Services of type LoadBalancer can be reached from this machine. */
  loadBalancers(): LoadBalancerAddress[];
}

const clusterName = 'brokenprod';

/**
 * Starts a cluster: ready for kubectl when the promise resolves.
 * @throws an Error with `code` EADDRINUSE when `port` is taken, the file system's error when `dir` cannot be written, or
 *   DamagedJournalError when what was kept there can't be read
 */
export async function startCluster(options: ClusterOptions): Promise<RunningCluster> {
  const { clock = systemClock, log = () => {}, addons = {} } = options;
  const nodes = nodesOf(options.nodes ?? oneNode, {
    kubeletVersion: version.gitVersion,
    containerRuntimeVersion: `${clusterName}://0.1.0`,
  });
  const [controlPlane] = nodes;
  const dirs = await makeDirs(options.dir);
  if (!options.persist) await rm(dirs.store, { recursive: true, force: true });
  const images = new ImageStore(dirs.images);
  await Promise.all([provideToolbox(images), providePause(images)]);
  await using stack = new AsyncDisposableStack();
  const ending = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, ending.signal]) : ending.signal;

  let nodeProxy: NodeProxy | undefined;
  const api = stack.use(
    createApiServer({
      clock,
      nodeProxy: () => nodeProxy,
      ...(addons.metricsServer === undefined ? {} : { metricsServer: addons.metricsServer }),
      ...(options.audit ? { audit: options.audit } : {}),
      ...(options.persist ? { storeDir: dirs.store } : {}),
      onError: (error) => log('API server', error),
    }),
  );
  stack.defer(() => ending.abort());
  const token = await adminToken(options.persist ? join(dirs.tls, 'admin.token') : undefined);
  const names = { hosts: apiServer.hosts, addresses: [apiServer.clusterIP, controlPlane.ip] };
  const front = await api.listen({ host: '127.0.0.1', port: options.port ?? 0, token, dir: dirs.tls, names });

  const turns = createTurns();
  const clientAs = (user: string): Client => createClient(createInProcessTransport(api.handle, { user, turns }));
  const onError = (error: unknown, ...where: string[]) => {
    // Two writers met; the loser reads again and retries. That is how controllers work, not a failure.
    if (!isStatusError(error, 'Conflict')) log(where.join(' ') || 'informer', error);
  };
  const informers = createInformers({ client: clientAs('system:apiserver'), clock, signal, onError });

  const nodePorts = { [controlPlane.ip]: { [apiServer.port]: front.port } };
  const addresses = { ...addressesOf(nodes), nodePorts };
  const network = stack.use(await createPodNetwork({ informers, clock, runDir: dirs.run, ...addresses }));
  const runtime = stack.use(
    createNodeRuntime({ images, clock, runDir: dirs.run, appletsDir: appletsDirectory, signal }),
  );
  const controllers = runControllers({ clientAs, informers, clock, signal, onError, dirs, rootCertificate: front.ca });
  stack.defer(async () => {
    ending.abort();
    await controllers;
  });
  await bootstrapObjects(clientAs('system:apiserver'), controlPlane.ip, addons);
  const parts = { clientAs, informers, clock, signal, runtime, network, dirs, images, log };
  const kubelets = nodes.map((node) => stack.use(startKubelet(node, parts)));
  nodeProxy = joinNodeProxies(new Map(nodes.map(({ name }, i) => [name, kubelets[i]!.nodeProxy])));
  const loadBalancer = stack.use(
    createLoadBalancer({ informers, network, clock, ports: options.loadBalancerPorts ?? {}, signal, log }),
  );
  await Promise.all(kubelets.map(({ registered }) => registered));

  const kubeconfigPath = join(options.dir, 'kubeconfig');
  const { namespace = 'default' } = options;
  await writeSecret(
    kubeconfigPath,
    kubeconfigFor({ name: clusterName, url: front.url, ca: front.ca, token, namespace }),
  );
  const running = stack.move();
  return {
    kubeconfigPath,
    url: front.url,
    version: version.gitVersion,
    images,
    loadBalancers: () => loadBalancer.addresses(),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** What the network gives to pods of each node: an address of the node's range, or the node's own. */
function addressesOf(nodes: readonly NodeOptions[]) {
  return {
    podCidrs: Object.fromEntries(nodes.map(({ name, podCIDR }) => [name, podCIDR])),
    nodeIps: Object.fromEntries(nodes.map(({ name, ip }) => [name, ip])),
  };
}

interface Shared {
  clientAs: (user: string) => Client;
  informers: Informers;
  clock: Clock;
  signal: AbortSignal;
  dirs: Dirs;
}

/** Runs every controller until the signal aborts; resolves when all have ended. */
async function runControllers(
  shared: Shared & { rootCertificate: string; onError: (error: unknown, ...where: string[]) => void },
): Promise<void> {
  const { clientAs, informers, clock, signal, onError, dirs, rootCertificate } = shared;
  const client = clientAs('system:kube-controller-manager');
  const controllers = createControllers({
    client,
    informers,
    clock,
    recorder: (component) => createEventRecorder({ client, clock, component }),
    options: { volumesDir: dirs.volumes, rootCertificate },
  });
  await Promise.all(controllers.map((controller) => runController(controller, { clock, signal, onError })));
}

interface KubeletParts extends Shared {
  runtime: ReturnType<typeof createNodeRuntime>;
  network: Awaited<ReturnType<typeof createPodNetwork>>;
  images: ImageStore;
  log: (message: string, error?: unknown) => void;
}

function startKubelet(node: NodeOptions, parts: KubeletParts): Kubelet {
  const { clientAs, informers, clock, signal, runtime, network, dirs, images, log } = parts;
  const client = clientAs(`system:node:${node.name}`);
  return createKubelet({
    client,
    informers,
    recorder: createEventRecorder({ client, clock, component: 'kubelet', host: node.name }),
    runtime,
    network,
    clock,
    dirs: { podsDir: dirs.pods, logsDir: dirs.logs, volumesDir: dirs.volumes },
    node,
    images: async () => (await images.list()).map(({ reference }) => ({ names: [reference], sizeBytes: 0 })),
    signal,
    log,
  });
}
