import { performance } from 'node:perf_hooks';
import type { Fault } from '../../scenarios/fault.ts';
import type { TestLab } from '../helpers/lab.ts';
import { expectDone } from './labs.ts';
import { outcomeOf } from './outcome.ts';
import type { Row } from './rows.ts';
import type { Outcome } from './tally.ts';

/**
 * Plays rounds on a drill of these faults, each on a shop broken anew, and leaves the lab stopped.
 * @param seed draws the variants; null for the faults as they are written
 * @param signal ends it after the round that it is at
 * @param judged is told of each round, so that nothing is lost when a later one cannot be played
 * @throws Error when the lab cannot be started or broken, or a step not be taken
 */
export async function playDrill(
  lab: TestLab,
  faults: readonly Fault[],
  rounds: readonly (readonly Row[])[],
  { seed, signal, judged }: { seed: string | null; signal: AbortSignal; judged: (outcomes: Outcome[]) => void },
): Promise<void> {
  const ids = faults.map(({ id }) => id);
  const seedFlags = seed === null ? [] : ['--seed', seed];
  try {
    await expectDone(lab, ['start', '--fault', ...ids, '--history', '0', ...seedFlags]);
    let isAsBroken = true;
    for (const round of rounds) {
      if (signal.aborted) break;
      if (!isAsBroken) await expectDone(lab, ['reset']);
      judged(await playRound(lab, faults, round, '--quick'));
      isAsBroken = round.length === faults.length && round.every(({ steps }) => steps.length === 0);
    }
  } finally {
    await lab.cli(['stop']);
  }
}

/** What the grader says to each row once all of them are done, and the faults that have none are repaired. */
export async function playRound(
  lab: TestLab,
  faults: readonly Fault[],
  round: readonly Row[],
  ...gradeFlags: readonly string[]
): Promise<Outcome[]> {
  const others = faults.filter(({ id }) => !round.some(({ fault }) => fault === id));
  if (others.length > 0) await expectDone(lab, ['solve', ...others.map(({ id }) => id), '--yes']);
  for (const { fault, kind, title, steps } of round) {
    await lab.apply(steps).catch((error: unknown) => {
      throw new Error(`${fault}, ${kind} "${title}": ${(error as Error).message}`, { cause: error });
    });
  }
  const began = performance.now();
  const verdict = await lab.grade(...gradeFlags);
  const gradeS = (performance.now() - began) / 1000;
  return round.map((row) => outcomeOf(row, verdict, gradeS));
}
