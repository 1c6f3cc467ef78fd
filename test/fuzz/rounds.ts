import { createRandom, type Random } from './random.ts';

const firstSeed = Number(process.env['FUZZ_SEED'] ?? 1);
const factor = Number(process.env['FUZZ_TIMES'] ?? 1);

/**
 * Runs `round` once for each of `count` seeds, `FUZZ_TIMES` times as many, from `FUZZ_SEED` on.
 * @throws Error that names the seed: `FUZZ_SEED=that` runs it first
 */
export async function forSeeds(count: number, round: (random: Random) => Promise<void> | void): Promise<void> {
  for (let seed = firstSeed; seed < firstSeed + count * factor; seed++) {
    try {
      await round(createRandom(seed));
    } catch (error) {
      throw new Error(`with FUZZ_SEED=${seed}: ${(error as Error).message}`, { cause: error });
    }
  }
}

/** What a test may take: its usual time, more when it was asked to run longer. */
export const fuzzTimeoutMs = 60_000 * Math.max(1, factor);
