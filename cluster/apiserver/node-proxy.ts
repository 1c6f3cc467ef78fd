import type { Duplex, Readable, Writable } from 'node:stream';
import type { Pod } from '../objects/types.ts';

export interface LogOptions {
  container: string;
  follow: boolean;
  previous: boolean;
  timestamps: boolean;
  tailLines?: number;
  limitBytes?: number;
  /** Only lines written at or after this moment, milliseconds since the epoch. */
  sinceMs?: number;
}

export interface ExecOptions {
  container: string;
  command: readonly string[];
  tty: boolean;
}

/** The streams of an exec or attach session; with a tty there is no stderr. */
export interface SessionStreams {
  stdin?: Readable;
  stdout?: Writable;
  stderr?: Writable;
  /** Calls back with every new terminal size. */
  onResize?(callback: (size: { columns: number; rows: number }) => void): void;
  /** Aborts when the client has gone. */
  signal: AbortSignal;
}

export interface ContainerUsage {
  name: string;
  cpuNanoCores: number;
  workingSetBytes: number;
}

export interface PodUsage {
  namespace: string;
  name: string;
  labels: Record<string, string>;
  /** When the window of measurement ended, milliseconds since the epoch, and how long it was. */
  timestampMs: number;
  windowMs: number;
  containers: ContainerUsage[];
}

/**
 * The way from the API server to what runs: the kubelet implements it, `cluster.ts` passes it in.
 * Every method throws `StatusError` with the text that the real kubelet gives.
 */
export interface NodeProxy {
  /** The container's log as written (UTF-8 lines). Ends when the container has ended, or at once without `follow`. */
  logs(pod: Pod, options: LogOptions, signal: AbortSignal): Promise<Readable>;
  /** Runs a command in a container; resolves when it has ended. */
  exec(pod: Pod, options: ExecOptions, streams: SessionStreams): Promise<{ exitCode: number }>;
  /** Follows the running container's output. */
  attach(pod: Pod, options: ExecOptions, streams: SessionStreams): Promise<{ exitCode: number }>;
  /** A connection to a port inside the pod. Rejects with an error whose `code` is ECONNREFUSED when nobody listens. */
  connect(pod: Pod, port: number): Promise<Duplex>;
  podUsage(): PodUsage[];
  nodeUsage(): { name: string; timestampMs: number; windowMs: number; cpuNanoCores: number; workingSetBytes: number }[];
}
