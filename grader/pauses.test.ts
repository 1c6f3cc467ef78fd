import { describe, expect, it } from 'vitest';
import { createRandom } from '../test/fuzz/random.ts';
import { readPauses, type PauseKind } from './pauses.ts';

const runs = 400;
const mostTrials = 8;

/** So many pauses in milliseconds, given numbers in [0, 1). */
type Backoff = (count: number, chance: () => number) => number[];
const each = (pauseMs: (attempt: number, chance: () => number) => number): Backoff => {
  return (count, chance) => Array.from({ length: count }, (_, attempt) => pauseMs(attempt, chance));
};
const exponential = each((attempt) => 100 * 2 ** attempt);
const halfJitter = each((attempt, chance) => 100 * 2 ** attempt * (0.5 + chance() / 2));
const fullJitter = each((attempt, chance) => 100 * 2 ** attempt * chance());
const fixed = each(() => 100);
const fixedWithJitter = each((_, chance) => 100 * (0.5 + chance() / 2));
const none = each(() => 0);
/** As cockatiel's default and Polly's: moments on a curve that doubles, each somewhere in its turn. */
const decorrelated: Backoff = (count, chance) => {
  const moments = Array.from({ length: count }, (_, attempt) => attempt + chance());
  const curve = moments.map((moment) => 2 ** moment * Math.tanh(Math.sqrt(4 * moment)));
  return curve.map((value, index) => Math.max(0, ((value - (curve[index - 1] ?? 0)) / 1.4) * 100));
};

/** How often each is read, in percent, over many runs, each with trials until it is clear, as the check has them. */
function shares(backoff: Backoff, count: number, noiseMs: number): Record<PauseKind, number> {
  const random = createRandom(count + noiseMs);
  const chance = (): number => random.next();
  const delay = (): number => 2 - noiseMs * Math.log(1 - chance());
  const found = { none: 0, 'at-once': 0, same: 0, growing: 0, varied: 0, unclear: 0 };
  for (let run = 0; run < runs; run++) {
    const trials: number[][] = [];
    const delays: number[] = [delay()];
    let kind: PauseKind = 'unclear';
    while (trials.length < mostTrials && (trials.length < 3 || kind === 'unclear')) {
      trials.push(backoff(count, chance).map((pauseMs) => pauseMs + delay()));
      delays.push(delay());
      kind = readPauses(trials, delays, trials.length === mostTrials);
    }
    found[kind] += 100 / runs;
  }
  return found;
}

describe('pauses between tries', () => {
  it.each<[string, Backoff, number]>([
    ['twice as long each time', exponential, 3],
    ['twice as long, twice', exponential, 2],
    ['with half of them by chance', halfJitter, 3],
    ['with all of them by chance', fullJitter, 3],
    ['scattered, as a library does it', decorrelated, 3],
  ])('that are %s are hardly ever accused, on a quiet machine and on a busy one', (_, backoff, count) => {
    for (const noiseMs of [0, 30, 100]) {
      const { same, 'at-once': atOnce } = shares(backoff, count, noiseMs);
      expect(same + atOnce).toBeLessThan(1);
    }
    const { growing, varied } = shares(backoff, count, 0);
    expect(growing + varied).toBeGreaterThan(99);
  });

  it.each<[string, Backoff, number]>([
    ['are always the same', fixed, 99],
    ['are the same but for some jitter', fixedWithJitter, 75],
  ])('that %s are found out on a quiet machine, and do not count as growing on a busy one', (_, backoff, least) => {
    expect(shares(backoff, 3, 0).same).toBeGreaterThan(least);
    expect(shares(backoff, 3, 30).growing).toBeLessThan(5);
  });

  it('that are none are not mistaken for some, however busy the machine', () => {
    expect(shares(none, 3, 0)['at-once']).toBeCloseTo(100);
    const { growing, varied } = shares(none, 3, 60);
    expect(growing + varied).toBeLessThan(2);
  });

  it('say nothing when there was no second try', () => {
    expect(readPauses([[], []], [3], true)).toBe('none');
    expect(readPauses([[150], [140]], [3], true)).toBe('growing');
  });
});
