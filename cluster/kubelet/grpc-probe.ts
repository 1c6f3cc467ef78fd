import type { Probe } from '../objects/types.ts';
import { goDuration } from './go-duration.ts';
import { askHealth, openSession, type HealthAnswer } from './grpc-health.ts';
import type { PodHandle } from './pod-handle.ts';

type GrpcAction = NonNullable<Probe['grpc']>;

/**
 * Asks the health service of a pod. The words are those of the kubelet's prober (`pkg/probe/grpc`).
 * @param limit its signal aborts when `timeoutMs` are over
 * @returns why the container counts as failed; undefined when it serves
 */
export async function grpcFailure(
  { port, service = '' }: GrpcAction,
  pod: PodHandle,
  { signal, timeoutMs }: { signal: AbortSignal; timeoutMs: number },
): Promise<string | undefined> {
  const within = goDuration(timeoutMs);
  const session = await openSession(pod, port, signal);
  if (!session) {
    // Whoever refuses, or speaks something else, is dialled again until the time is up.
    await aborted(signal);
    return `timeout: failed to connect service "${pod.ip}:${port}" within ${within}: context deadline exceeded`;
  }
  try {
    const answer = await Promise.race([askHealth(session, service), aborted(signal)]);
    if (!answer || answer.code === 'DeadlineExceeded') return `timeout: health rpc did not complete within ${within}`;
    return failureIn(answer);
  } finally {
    session.destroy();
  }
}

function failureIn({ code, message, status }: HealthAnswer): string | undefined {
  if (code === 'Unimplemented') {
    return `error: this server does not implement the grpc health protocol (grpc.health.v1.Health): ${message}`;
  }
  if (code !== 'OK') return `error: health rpc probe failed: rpc error: code = ${code} desc = ${message}`;
  return status === 'SERVING' ? undefined : `service unhealthy (responded with "${status}")`;
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
