import type { Clock } from '../../lib/clock.ts';
import type { Container } from '../objects/types.ts';
import type { Run } from './container-record.ts';
import { runHook } from './lifecycle-hook.ts';
import type { PodHandle } from './pod-handle.ts';

/**
 * Ends a run as Kubernetes does: preStop hook, SIGTERM, and SIGKILL when the grace is over. Resolves when it has ended.
 * @param graceMs for the hook and the container together
 */
export async function stopRun(
  run: Run,
  container: Container,
  given: { graceMs: number; pod: PodHandle; clock: Clock; onHookFailure: (message: string) => void },
): Promise<void> {
  const { graceMs, pod, clock, onHookFailure } = given;
  const deadline = clock.setTimeout(() => run.container.kill('SIGKILL'), graceMs);
  const preStop = container.lifecycle?.preStop;
  const hookAbort = new AbortController();
  const hookDeadline = clock.setTimeout(() => hookAbort.abort(new Error('grace period is over')), graceMs);
  try {
    if (preStop && graceMs > 0) {
      const hook = runHook(preStop, container, { pod, clock, signal: hookAbort.signal });
      await Promise.race([hook, run.container.exited]).catch((error: Error) => onHookFailure(error.message));
    }
    run.container.kill('SIGTERM');
    await run.container.exited;
  } finally {
    hookDeadline.cancel();
    deadline.cancel();
    hookAbort.abort();
  }
}
