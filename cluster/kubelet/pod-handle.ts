import type { Socket } from 'node:net';

/** A running pod as probes and hooks reach it. */
export interface PodHandle {
  ip: string;
  connect(port: number, from: 'node' | 'loopback'): Promise<Socket>;
  /** Runs a command in a container; its output is kept up to a bound. */
  exec(
    container: string,
    command: readonly string[],
    signal: AbortSignal,
  ): Promise<{ exitCode: number; output: Buffer }>;
}
