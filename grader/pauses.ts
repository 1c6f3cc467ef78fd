import { mean, variance } from './statistics.ts';

/**
 * What the pauses between repeated tries are like.
 * `varied`: they differ so much from trial to trial that nobody can say whether they grow, as with plenty of jitter.
 */
export type PauseKind = 'none' | 'at-once' | 'same' | 'growing' | 'varied' | 'unclear';

/** Two tries in the same instant meet the same trouble. */
const minPauseMs = 20;
/** Last pause divided by the first: surely above `least` they grow; surely below `none` they stay the same. */
const growth = { least: 1.2, none: 1.35 };
/** Deviations of the estimate from that bound. Accusing takes more of them, and more trials, than acquitting. */
const sureOf = { growing: 1.6, same: 2.5 };
const minTrialsToAccuse = 4;
/** A share of the last pause; if requests are delayed by more, the machine and not the component is being watched. */
const maxDelayShare = 0.35;

/**
 * Judges the pauses of several trials of the same thing.
 * @param trials the pauses of each, in milliseconds, equally many
 * @param delaysMs between requests that follow each other without a pause: what the machine adds to each
 * @param isLast whether there will be no more trials; until then what is not yet sure is `unclear`
 * @returns `unclear` also at the end, where delays of the machine could explain all that was seen
 */
export function readPauses(
  trials: readonly (readonly number[])[],
  delaysMs: readonly number[],
  isLast: boolean,
): PauseKind {
  const count = Math.min(...trials.map((pauses) => pauses.length));
  if (count === 0) return 'none';
  const delayMs = mean(delaysMs);
  const last = trials.map((pauses) => pauses[count - 1] ?? 0);
  if (mean(last) < minPauseMs) return 'at-once';
  const lastMs = mean(last) - delayMs;
  if (lastMs < minPauseMs) return 'unclear';
  if (count === 1) return 'growing';

  const first = trials.map((pauses) => pauses[0] ?? 0);
  const firstMs = Math.max(mean(first) - delayMs, 1);
  const grown = Math.log(lastMs / firstMs);
  const deviation = Math.sqrt(
    (variance(last) / lastMs ** 2 + variance(first) / firstMs ** 2 + variance(delaysMs) / lastMs ** 2) / trials.length,
  );
  if (grown - sureOf.growing * deviation > Math.log(growth.least)) return 'growing';
  const isSame = grown + sureOf.same * deviation < Math.log(growth.none);
  if (isSame && trials.length >= minTrialsToAccuse) return 'same';
  const isMachine = delayMs > maxDelayShare * lastMs || variance(last) < 4 * variance(delaysMs);
  return isLast && !isMachine ? 'varied' : 'unclear';
}
