import { performance } from 'node:perf_hooks';
import type { Fault } from '../../scenarios/fault.ts';
import type { TestLab } from '../helpers/lab.ts';
import { healthySteps } from './healthy-steps.ts';
import { expectDone } from './labs.ts';
import { outcomeOf } from './outcome.ts';
import { rowsOf, type Row } from './rows.ts';
import type { Outcome } from './tally.ts';

/** What is played of a fault: put back as it was, left alone, and each repair, right or wrong. */
export async function proofRows(fault: Fault): Promise<Row[]> {
  const rows = rowsOf(fault);
  // What is stored stays changed when the manifests are put back; and what the fault brought must not go.
  if (fault.changesData || fault.objectsStay) return rows;
  const steps = await healthySteps(fault);
  return [{ fault: fault.id, kind: 'healthy', title: 'put back as it was', steps, mustPass: true }, ...rows];
}

/**
 * Plays rows of one fault, each on a shop broken anew, and leaves the lab stopped.
 * @param seed draws the variant; null for the fault as it is written
 * @param signal ends it after the row that it is at
 * @throws Error when the lab cannot be started or broken
 */
export async function playRows(
  lab: TestLab,
  fault: Fault,
  rows: readonly Row[],
  seed: string | null,
  signal: AbortSignal,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const seedFlags = seed === null ? [] : ['--seed', seed];
  try {
    await expectDone(lab, ['start', '--fault', fault.id, '--history', '0', ...seedFlags]);
    for (const row of rows) {
      if (signal.aborted) break;
      if (outcomes.length > 0) await expectDone(lab, ['reset']);
      outcomes.push(await judge(lab, row));
    }
    return outcomes;
  } finally {
    await lab.cli(['stop']);
  }
}

async function judge(lab: TestLab, row: Row): Promise<Outcome> {
  await lab.apply(row.steps);
  const began = performance.now();
  const verdict = await lab.grade('--quick');
  const gradeS = (performance.now() - began) / 1000;
  return outcomeOf(row, verdict, gradeS);
}
