import { limits } from './limits.ts';

/** How long the next failure has to wait, and when that was decided. */
export interface BackOff {
  delayMs: number;
  updatedAtMs: number;
}

/**
 * What is left to wait for a failure at `sinceMs`; 0 when it may be tried again.
 * A back-off that has been quiet for twice the longest delay is forgotten.
 */
export function remainingMs(backOff: BackOff | undefined, sinceMs: number, nowMs: number): number {
  if (!backOff || isForgotten(backOff, sinceMs)) return 0;
  return Math.max(0, sinceMs + backOff.delayMs - nowMs);
}

/** The back-off after one more attempt: 10 s, 20 s, 40 s … 5 min. */
export function nextBackOff(backOff: BackOff | undefined, sinceMs: number, nowMs: number): BackOff {
  const delayMs =
    !backOff || isForgotten(backOff, sinceMs)
      ? limits.backOffInitialMs
      : Math.min(backOff.delayMs * 2, limits.backOffMaxMs);
  return { delayMs, updatedAtMs: nowMs };
}

function isForgotten(backOff: BackOff, sinceMs: number): boolean {
  return sinceMs - backOff.updatedAtMs > 2 * limits.backOffMaxMs;
}
