import type { Clock } from '../../lib/clock.ts';
import type { Container } from '../objects/types.ts';
import type { Run } from './container-record.ts';
import { runHook } from './lifecycle-hook.ts';
import { limits } from './limits.ts';
import type { PodHandle } from './pod-handle.ts';

/**
 * Ends a run as Kubernetes does: preStop hook, SIGTERM, and SIGKILL when the grace is over. Resolves when it has ended.
 * @param graceMs for the hook and the container together; however long the hook took, the container gets a moment of its own
 */
export async function stopRun(
  run: Run,
  container: Container,
  given: { graceMs: number; pod: PodHandle; clock: Clock; onHookFailure: () => void },
): Promise<void> {
  const { graceMs, clock } = given;
  const sinceMs = clock.now();
  const done = new AbortController();
  const preStop = container.lifecycle?.preStop;
  if (preStop && graceMs > 0) await runPreStop(run, container, preStop, { ...given, signal: done.signal });
  const leftMs = graceMs - (clock.now() - sinceMs);
  const deadline = clock.setTimeout(
    () => run.container.kill('SIGKILL'),
    preStop ? Math.max(leftMs, limits.stopGraceMs) : leftMs,
  );
  try {
    run.container.kill('SIGTERM');
    await run.container.exited;
  } finally {
    deadline.cancel();
    done.abort();
  }
}

/** Resolves when the hook has come to its end, or its time or the container has. A command goes on until then. */
async function runPreStop(
  run: Run,
  container: Container,
  preStop: NonNullable<NonNullable<Container['lifecycle']>['preStop']>,
  given: { graceMs: number; pod: PodHandle; clock: Clock; onHookFailure: () => void; signal: AbortSignal },
): Promise<void> {
  const { graceMs, clock, signal, onHookFailure } = given;
  const hook = runHook(preStop, container, given).catch(() => {
    // A sleep that is cut short by the end is no failure; a command is, as it ends with its container.
    if (!preStop.sleep || !signal.aborted) onHookFailure();
  });
  const { promise: expired, resolve } = Promise.withResolvers<void>();
  const deadline = clock.setTimeout(resolve, graceMs);
  await Promise.race([hook, expired, run.container.exited]);
  deadline.cancel();
}
