import { Readable } from 'node:stream';
import type { LogOptions, NodeProxy } from '../apiserver/node-proxy.ts';
import type { PodNetwork } from '../network/pod-network.ts';
import { containerStatusesOf } from '../objects/container-statuses.ts';
import { badRequest, internalError } from '../objects/status-error.ts';
import type { ContainerStatus, Pod } from '../objects/types.ts';
import type { ContainerLog } from './container-log.ts';
import type { ContainerRecord, Run } from './container-record.ts';
import { readLog } from './log-reader.ts';
import type { PodWorker } from './pod-worker.ts';
import type { UsageMeter } from './usage.ts';

/** The kubelet's side of logs, exec, attach, port-forward and metrics. */
export function createNodeProxy(options: {
  worker: (pod: Pod) => PodWorker | undefined;
  network: PodNetwork;
  usage: UsageMeter;
}): NodeProxy {
  const { worker, network, usage } = options;

  function recordOf(pod: Pod, container: string): ContainerRecord {
    const record = worker(pod)?.records.find(({ name }) => name === container);
    if (record) return record;
    throw badRequest(`container ${container} is not valid for pod ${pod.metadata.name}`);
  }

  function runOf(pod: Pod, container: string): Run {
    const { run } = recordOf(pod, container);
    if (run) return run;
    throw internalError(`unable to upgrade connection: container not found ("${container}")`);
  }

  return {
    async logs(pod, logOptions, signal) {
      // A pod that only waits for its finalizers has no worker any more, and no logs.
      const name = logOptions.container;
      const id = runWithLog(pod, reportedStatus(worker(pod)?.pod ?? pod, name), logOptions);
      const log = worker(pod)?.logs.get(name, id);
      if (!log) return Readable.from([`unable to retrieve container logs for containerd://${id}`]);
      return streamOf(log, logOptions, signal);
    },

    async exec(pod, { container, command, tty }, streams) {
      const run = runOf(pod, container);
      try {
        return await run.container.exec({ command, tty }, streams);
      } catch (error) {
        // Twice `Internal error occurred`: the kubelet says it, and the API server says it again about the kubelet.
        throw internalError(
          `Internal error occurred: error executing command in container: ${(error as Error).message}`,
        );
      }
    },

    async attach(pod, { container }, streams) {
      await runOf(pod, container).container.attach(streams);
      // How the container ended is for its status to say.
      return { exitCode: 0 };
    },
    connect: (pod, port) => network.connect(pod.metadata.uid ?? '', port, 'loopback'),
    podUsage: () => usage.pods(),
    nodeUsage: () => [usage.node()],
  };
}

/** What was last reported decides, not what the kubelet knows by now: so it is on a real node. */
function reportedStatus(pod: Pod, name: string): ContainerStatus {
  const reason = pod.spec?.initContainers?.length ? 'PodInitializing' : 'ContainerCreating';
  return (
    containerStatusesOf(pod).find((one) => one.name === name) ?? {
      name,
      image: '',
      imageID: '',
      ready: false,
      restartCount: 0,
      state: { waiting: { reason } },
    }
  );
}

/**
 * The id of the run whose log is wanted. A container that waits to be restarted shows its last run.
 * @throws StatusError when there was none
 */
function runWithLog(pod: Pod, status: ContainerStatus, { previous }: LogOptions): string {
  const { name } = status;
  const where = `container "${name}" in pod "${pod.metadata.name}"`;
  const last = status.lastState?.terminated?.containerID;
  const { running, terminated, waiting } = status.state ?? {};
  const id = previous ? last : running ? status.containerID : (terminated?.containerID ?? last);
  if (id) return id.replace(/^.*\/\//, '');
  if (previous) throw badRequest(`previous terminated ${where} not found`);
  const reason = waiting?.reason ?? 'ContainerCreating';
  throw badRequest(`${where} is waiting to start: ${pullTroubles[reason] ?? reason}`);
}

const pullTroubles: Readonly<Record<string, string>> = {
  ErrImagePull: "image can't be pulled",
  ImagePullBackOff: 'trying and failing to pull image',
};

function streamOf(log: ContainerLog, options: LogOptions, signal: AbortSignal): Readable {
  const gone = new AbortController();
  const stream = Readable.from(readLog(log, options, AbortSignal.any([signal, gone.signal])), { objectMode: false });
  stream.once('close', () => gone.abort());
  return stream;
}
