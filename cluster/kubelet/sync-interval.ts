import { limits } from './limits.ts';

/** How one action of a round went. */
export type Outcome =
  | { kind: 'started' }
  /** Image or configuration are missing. */
  | { kind: 'failed' }
  /** The process could not be started: a run that ended before it began. */
  | { kind: 'not-started' }
  | { kind: 'back-off'; remainingMs: number; looksSoon: boolean }
  | { kind: 'waiting' };

/**
 * When a pod is looked at again, in milliseconds, if nothing happens before. Pure but for `random`.
 * @param isFirst the first round has just made the sandbox: the next look comes soon
 */
export function nextSyncMs(outcomes: readonly Outcome[], isFirst: boolean, random: () => number): number {
  const stretched = (delayMs: number) => delayMs * (1 + limits.jitter * random());
  const waits = outcomes.map((outcome) => {
    switch (outcome.kind) {
      case 'failed':
        return isFirst ? limits.firstLookMs : stretched(limits.retryMs);
      case 'not-started':
        return limits.startErrorLookMs;
      case 'back-off':
        return outcome.looksSoon
          ? Math.min(outcome.remainingMs / 2, limits.crashLoopLookMs)
          : stretched(Math.min(outcome.remainingMs, limits.resyncMs));
      case 'started':
      case 'waiting':
        return stretched(limits.resyncMs);
    }
  });
  return Math.min(...waits, stretched(limits.resyncMs));
}
