import type { Clock } from '../../lib/clock.ts';
import type { Container, Probe } from '../objects/types.ts';
import type { PodHandle } from './pod-handle.ts';
import { goDuration } from './go-duration.ts';
import { httpGet, portOf } from './http-get.ts';
import { limits } from './limits.ts';

export type ProbeOutcome =
  | { kind: 'success' }
  | { kind: 'failure'; output: string }
  /** The probe itself could not be made; the container's standing does not change. */
  | { kind: 'unknown'; error: string };

/** Asks once. Bounded by the probe's `timeoutSeconds`; never throws. */
export async function runProbe(
  probe: Probe,
  container: Container,
  pod: PodHandle,
  clock: Clock,
): Promise<ProbeOutcome> {
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  const abort = new AbortController();
  const timer = clock.setTimeout(() => abort.abort(), timeoutMs);
  try {
    if (probe.httpGet) return await httpProbe(probe, container, pod, abort.signal);
    if (probe.exec)
      return await execProbe(probe.exec.command ?? [], container, pod, { signal: abort.signal, timeoutMs });
    // Differs: a gRPC probe only looks whether the port accepts connections.
    const port = probe.tcpSocket?.port ?? probe.grpc?.port ?? 0;
    return await tcpProbe(portOf(port, container), pod, abort.signal);
  } catch (error) {
    return { kind: 'unknown', error: (error as Error).message };
  } finally {
    timer.cancel();
  }
}

async function httpProbe(
  probe: Probe,
  container: Container,
  pod: PodHandle,
  signal: AbortSignal,
): Promise<ProbeOutcome> {
  const answer = await httpGet(probe.httpGet ?? { port: 0 }, container, pod, signal);
  if ('failure' in answer) return { kind: 'failure', output: answer.failure };
  // Differs: a redirect counts as success without being followed.
  if (answer.status >= 200 && answer.status < 400) return { kind: 'success' };
  return { kind: 'failure', output: `HTTP probe failed with statuscode: ${answer.status}` };
}

async function tcpProbe(port: number, pod: PodHandle, signal: AbortSignal): Promise<ProbeOutcome> {
  const connection = pod.connect(port, 'node').then(
    (socket): ProbeOutcome => {
      socket.destroy();
      return { kind: 'success' };
    },
    (): ProbeOutcome => ({ kind: 'failure', output: `dial tcp ${pod.ip}:${port}: connect: connection refused` }),
  );
  const expired = new Promise<ProbeOutcome>((resolve) => {
    const output = `dial tcp ${pod.ip}:${port}: i/o timeout`;
    signal.addEventListener('abort', () => resolve({ kind: 'failure', output }), { once: true });
  });
  return Promise.race([connection, expired]);
}

async function execProbe(
  command: readonly string[],
  container: Container,
  pod: PodHandle,
  limit: { signal: AbortSignal; timeoutMs: number },
): Promise<ProbeOutcome> {
  const { exitCode, output } = await pod.exec(container.name, command, limit.signal);
  if (limit.signal.aborted) {
    const line = command.join(' ');
    return { kind: 'failure', output: `command timed out: "${line}" timed out after ${goDuration(limit.timeoutMs)}` };
  }
  return exitCode === 0
    ? { kind: 'success' }
    : { kind: 'failure', output: output.subarray(0, limits.probeOutputBytes).toString('utf8') };
}
