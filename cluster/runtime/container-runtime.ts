import type { Readable, Writable } from 'node:stream';

/** An image as the store has it: what to run and what its recipe baked in. */
export interface Image {
  /** `sha256:…` of the content. */
  digest: string;
  /** Absolute path of the JavaScript file that a container of this image runs. */
  entry: string;
  /** There is nothing to run: the image holds a program that only waits. */
  isPause?: boolean;
  /** Flags for the Node process, such as `--max-semi-space-size=2`. */
  nodeOptions: readonly string[];
  /** `ENV` of the recipe. */
  env: Readonly<Record<string, string>>;
  createdAt: string;
  /** A registry has it too, so that it can be pulled anew. Without it the image is on this node only. */
  published?: boolean;
}

/** Everything about one run of one container. */
export interface ContainerSpec {
  podUid: string;
  podName: string;
  namespace: string;
  name: string;
  image: Image;
  /** Replaces the image's entry when given, as `command`/`args` of the pod do. */
  command?: readonly string[];
  args?: readonly string[];
  /** What the container's own process and `exec -- env` see. */
  env: Readonly<Record<string, string>>;
  /** What only the runtime's preload sees. */
  internalEnv: Readonly<Record<string, string>>;
  preload: string;
  mounts: readonly { mountPath: string; hostPath: string; readOnly: boolean }[];
  workingDir: string;
  /** Keeps the process's input open for those who attach. */
  stdin?: boolean;
  /** The input ends with the first who has attached. */
  stdinOnce?: boolean;
  /** Gives the process a terminal. */
  tty?: boolean;
  memoryLimitBytes?: number;
  cpuLimitMillis?: number;
}

export interface ContainerExit {
  /** 137 for SIGKILL, 143 for SIGTERM, as a container runtime reports. */
  exitCode: number;
  /** `Unknown`: it ended with its node. */
  reason: 'Completed' | 'Error' | 'OOMKilled' | 'StartError' | 'Unknown';
  message?: string;
  finishedAtMs: number;
}

/** The streams of a client that looks at a container. */
export interface AttachStreams {
  stdin?: Readable;
  stdout?: Writable;
  stderr?: Writable;
  /** Calls back with every new size of the terminal. */
  onResize?(callback: (size: { columns: number; rows: number }) => void): void;
  signal: AbortSignal;
}

export interface RunningContainer {
  /** `containerd://<64 hex>` is made of this by the kubelet. */
  id: string;
  startedAtMs: number;
  exited: Promise<ContainerExit>;
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
  exec(options: { command: readonly string[]; tty: boolean }, streams: AttachStreams): Promise<{ exitCode: number }>;
  /** Connects a client with the container's own process until one of them ends. */
  attach(streams: AttachStreams): Promise<void>;
  /** `throttled`: in how many periods of 100 ms the container was held back by its CPU limit, and for how long. */
  usage(): { cpuMs: number; workingSetBytes: number; throttled?: { periods: number; ms: number } };
}

/** Runs containers. `output` receives each line that the container writes, in order. */
export interface ContainerRuntime {
  /** Undefined when no such image was ever built: the kubelet turns that into ErrImagePull. */
  resolveImage(ref: string): Promise<Image | undefined>;
  /** Whether any tag of the same name exists: a registry words the two failures differently. */
  knowsRepository(ref: string): Promise<boolean>;
  /** @throws StartError when the process cannot be started at all */
  start(spec: ContainerSpec, output: (stream: 'stdout' | 'stderr', line: string) => void): Promise<RunningContainer>;
}
