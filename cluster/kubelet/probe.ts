import type { Clock } from '../../lib/clock.ts';
import type { Container, Probe } from '../objects/types.ts';
import type { PodHandle } from './pod-handle.ts';
import { goDuration } from './go-duration.ts';
import { grpcFailure } from './grpc-probe.ts';
import { httpGet, portOf } from './http-get.ts';
import { limits } from './limits.ts';

export type ProbeOutcome =
  | { kind: 'success' }
  /** Counts as success, and somebody should look at it. */
  | { kind: 'warning'; output: string }
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
    if (probe.grpc) {
      const output = await grpcFailure(probe.grpc, pod, { signal: abort.signal, timeoutMs });
      return output === undefined ? { kind: 'success' } : { kind: 'failure', output };
    }
    return await tcpProbe(portOf(probe.tcpSocket?.port ?? 0, container), pod, abort.signal);
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
  if (answer.status >= 200 && answer.status < 300) return { kind: 'success' };
  if (answer.status >= 300 && answer.status < 400) {
    return { kind: 'warning', output: `Probe terminated redirects, Response body: ${answer.body}` };
  }
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
  const { exitCode, output } = await pod.exec(container.name, command, limit.signal).catch((error: Error) => {
    // The runtime is asked by gRPC, which puts its own words in front.
    throw new Error(`rpc error: code = Unknown desc = ${error.message}`, { cause: error });
  });
  if (limit.signal.aborted) {
    const line = command.join(' ');
    return { kind: 'failure', output: `command timed out: "${line}" timed out after ${goDuration(limit.timeoutMs)}` };
  }
  return exitCode === 0
    ? { kind: 'success' }
    : { kind: 'failure', output: output.subarray(0, limits.probeOutputBytes).toString('utf8') };
}
