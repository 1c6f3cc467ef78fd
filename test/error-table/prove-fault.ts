import { performance } from 'node:perf_hooks';
import type { Fault } from '../../scenarios/fault.ts';
import type { TestLab } from '../helpers/lab.ts';
import { healthySteps } from './healthy-steps.ts';
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
 * Plays the rows of one fault, each on a shop broken anew; several labs take them in turns, as a lab mostly waits.
 * @param seed draws the variant; null for the fault as it is written
 * @throws Error when a lab cannot be started or broken
 */
export async function proveFault(
  labs: readonly TestLab[],
  fault: Fault,
  rows: readonly Row[],
  seed: string | null,
): Promise<Outcome[]> {
  const queue = [...rows];
  const played = labs.slice(0, rows.length).map(async (lab) => {
    const outcomes: Outcome[] = [];
    const seedFlags = seed === null ? [] : ['--seed', seed];
    await expectDone(lab, ['start', '--fault', fault.id, '--history', '0', ...seedFlags]);
    for (let row = queue.shift(); row; row = queue.shift()) {
      if (outcomes.length > 0) await expectDone(lab, ['reset']);
      outcomes.push(await judge(lab, row));
    }
    await expectDone(lab, ['stop']);
    return outcomes;
  });
  const ended = await Promise.allSettled(played);
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed) {
    await Promise.all(labs.map((lab) => lab.cli(['stop'])));
    throw failed.reason;
  }
  const outcomes = ended.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  return outcomes.toSorted((a, b) => rows.indexOf(a.row) - rows.indexOf(b.row));
}

async function judge(lab: TestLab, row: Row): Promise<Outcome> {
  await lab.apply(row.steps);
  const began = performance.now();
  const verdict = await lab.grade('--quick');
  const gradeS = (performance.now() - began) / 1000;
  return outcomeOf(row, verdict, gradeS);
}

async function expectDone(lab: TestLab, args: readonly string[]): Promise<void> {
  const { code, stderr, stdout } = await lab.cli(args, 180_000);
  if (code !== 0) throw new Error(`brokenprod ${args.join(' ')} ended with ${code}:\n${stderr}${stdout}`);
}
