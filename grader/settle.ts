import { sleep, type Clock } from '../lib/clock.ts';
import type { Kube } from '../lib/kube/kube.ts';
import { isReady, podsOf, readState, type Deployment, type Pod, type State } from './state.ts';

const settlesWithinMs = 15_000;
const lookEveryMs = 300;
/** A pod that is younger may still become ready; an older one is as it is. */
const youngMs = 6_000;

/**
 * Waits, for a while, until roll-outs that are under way have ended: who repairs and grades at once must not be
 * judged by the old pods.
 */
export async function awaitSettled(
  kube: Kube,
  namespace: string,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<void> {
  const deadline = clock.now() + settlesWithinMs;
  while (clock.now() < deadline && !isSettled(await readState(kube, namespace), clock.now())) {
    await sleep(clock, lookEveryMs, signal);
  }
}

export function isSettled(state: State, nowMs: number): boolean {
  return state.deployments.every((deployment) => {
    const pods = podsOf(state, deployment.metadata.name);
    return isRolledOut(deployment) && !pods.some((pod) => isStarting(pod, nowMs));
  });
}

function isRolledOut({ metadata, spec, status = {} }: Deployment): boolean {
  const { observedGeneration = 0, replicas = 0, updatedReplicas = 0 } = status;
  if (spec.paused) return true;
  return (
    observedGeneration >= (metadata.generation ?? 0) &&
    replicas === updatedReplicas &&
    replicas === (spec.replicas ?? 1)
  );
}

function isStarting(pod: Pod, nowMs: number): boolean {
  if (isReady(pod)) return false;
  const hasFailed = (pod.status?.containerStatuses ?? []).some(
    ({ restartCount, state }) => restartCount > 0 || state?.terminated || /Back|Err/.test(state?.waiting?.reason ?? ''),
  );
  return !hasFailed && nowMs - Date.parse(pod.metadata.creationTimestamp ?? '') < youngMs;
}
