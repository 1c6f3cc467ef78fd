import { mkdirSync } from 'node:fs';
import type { Clock } from '../../lib/clock.ts';
import type { NodeProxy } from '../apiserver/node-proxy.ts';
import type { Client } from '../client/client.ts';
import type { EventRecorder } from '../client/event-recorder.ts';
import type { Change, Informers } from '../client/informer.ts';
import {
  configMaps,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  secrets,
  services as services_,
} from '../client/resources.ts';
import type { PodNetwork } from '../network/pod-network.ts';
import type { KubeObject, Pod } from '../objects/types.ts';
import type { ContainerRuntime } from '../runtime/container-runtime.ts';
import { limits } from './limits.ts';
import { beat, type NodeAgentOptions, registerNode } from './node-agent.ts';
import { nodeCapacity, type NodeOptions } from './node-object.ts';
import { createNodeProxy } from './node-proxy.ts';
import type { KubeletDirs, PodServices } from './pod-services.ts';
import { clearLeftGround } from './pod-ground.ts';
import { PodWorker } from './pod-worker.ts';
import { Slots } from './slots.ts';
import { UsageMeter } from './usage.ts';

export interface KubeletOptions {
  client: Client;
  informers: Informers;
  recorder: EventRecorder;
  runtime: ContainerRuntime;
  network: PodNetwork;
  clock: Clock;
  dirs: KubeletDirs;
  node: NodeOptions;
  /** What `kubectl describe node` may list; asked at each report of the node's status. */
  images?: () => Promise<{ names: string[]; sizeBytes: number }[]>;
  /** Ends all containers when it aborts, as `dispose` does, which also waits for their end. */
  signal?: AbortSignal;
  /** From 0 up to 1, for jitter. Default: `Math.random`. */
  random?: () => number;
  log?: (message: string, error: unknown) => void;
}

export interface Kubelet extends AsyncDisposable {
  readonly nodeProxy: NodeProxy;
  /** Resolves when the Node is registered and ready for pods. */
  readonly registered: Promise<void>;
}

/** Starts the node: registers it, and runs the pods that are bound to it. */
export function createKubelet(options: KubeletOptions): Kubelet {
  const { client, informers, clock, network, node } = options;
  const log = options.log ?? (() => {});
  const stopping = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stopping.signal]) : stopping.signal;
  const workers = new Map<string, PodWorker>();
  const shared: PodServices = {
    ...options,
    log,
    hostIP: node.ip,
    allocatable: nodeCapacity(node),
    startSlots: new Slots(limits.parallelStarts),
    random: options.random ?? Math.random,
  };
  const { podsDir, logsDir, volumesDir } = options.dirs;
  for (const dir of [podsDir, logsDir, volumesDir]) mkdirSync(dir, { recursive: true });

  const usage = new UsageMeter({ clock, node, workers: () => workers.values() });
  const agent: NodeAgentOptions = {
    client,
    clock,
    node,
    signal,
    log,
    images: options.images ?? (() => Promise.resolve([])),
  };
  const registered = registerNode(agent);
  const beating = registered.then(() => beat(agent));
  const unsubscribe = watchPods({ informers, nodeName: node.name, workers, shared, signal });

  const { promise: aborted, resolve: markAborted } = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => markAborted(), { once: true });
  if (signal.aborted) markAborted();
  const stopped = aborted.then(async () => {
    unsubscribe();
    usage.stop();
    await Promise.all([...workers.values()].map((worker) => worker.stop()));
    await beating;
  });

  return {
    registered,
    nodeProxy: createNodeProxy({ worker: (pod) => workers.get(pod.metadata.uid ?? ''), network, usage }),
    [Symbol.asyncDispose]() {
      stopping.abort(new Error('the kubelet stops'));
      return stopped;
    },
  };
}

interface PodWatch {
  informers: Informers;
  nodeName: string;
  workers: Map<string, PodWorker>;
  shared: PodServices;
  signal: AbortSignal;
}

/** Keeps one worker for each pod of the node. Returns the unsubscriber. */
function watchPods({ informers, nodeName, workers, shared, signal }: PodWatch): () => void {
  const unsubscribers: (() => void)[] = [];

  function onPod({ type, object }: Change<Pod>): void {
    const uid = object.metadata.uid ?? '';
    const worker = workers.get(uid);
    if (type === 'deleted') return worker?.orphan();
    if (worker) return worker.update(object);
    if (object.spec?.nodeName !== nodeName || signal.aborted) return;
    const created = new PodWorker(object, shared);
    workers.set(uid, created);
    void created.done.then(() => workers.delete(uid));
  }

  function onConfig({ object }: Change<KubeObject>): void {
    for (const worker of workers.values()) {
      if (worker.pod.metadata.namespace === object.metadata.namespace) worker.refreshVolumes();
    }
  }

  async function begin(): Promise<void> {
    // A pod that starts before the copies of what it refers to are complete would miss its configuration.
    const needed = [configMaps, secrets, services_, persistentVolumeClaims, persistentVolumes];
    await Promise.all(needed.map((ref) => informers.for<KubeObject>(ref).synced));
    await informers.for(pods).synced;
    if (signal.aborted) return;
    try {
      clearLeftGround(informers.for(pods).list(), shared.dirs);
    } catch (error) {
      // What cannot be removed only takes up room.
      shared.log('folders of earlier pods stay', error);
    }
    unsubscribers.push(informers.for(configMaps).subscribe(onConfig), informers.for(secrets).subscribe(onConfig));
    unsubscribers.push(informers.for(pods).subscribe(onPod));
  }

  void begin();
  return () => unsubscribers.forEach((unsubscribe) => unsubscribe());
}
