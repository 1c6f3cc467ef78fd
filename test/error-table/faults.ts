/**
 * `npm run faults`: each fault proven five ways, as a drill of its own: what is healthy passes; broken, the symptom is
 * seen (start hands nothing else over); untouched it fails; each right repair passes; each wrong one fails.
 *   --fault ID    only this one; may be repeated     --repeat N   default 1
 *   --seed S      the variant that this seed draws   --json       facts instead of the table
 */
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { loadCatalogue } from '../../scenarios/catalogue.ts';
import type { Fault } from '../../scenarios/fault.ts';
import { variantOf } from '../../scenarios/variants.ts';
import { createTestLab, type TestLab } from '../helpers/lab.ts';
import { healthySteps } from './healthy-steps.ts';
import { rowsOf, type Row } from './rows.ts';
import { markdown, summarise, tally, type Outcome } from './tally.ts';

const { values } = parseArgs({
  options: {
    fault: { type: 'string', multiple: true },
    repeat: { type: 'string', default: '1' },
    seed: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

async function expectDone(lab: TestLab, args: readonly string[]): Promise<void> {
  const { code, stderr, stdout } = await lab.cli(args, 180_000);
  if (code !== 0) throw new Error(`brokenprod ${args.join(' ')} ended with ${code}:\n${stderr}${stdout}`);
}

async function judge(lab: TestLab, row: Row): Promise<Outcome> {
  await lab.apply(row.steps);
  const began = performance.now();
  const verdict = await lab.grade('--quick');
  const gradeS = (performance.now() - began) / 1000;
  return { row, answer: verdict.issues.find(({ id }) => id === row.fault)?.verdict ?? 'undetermined', gradeS };
}

/** All rows of one fault on one engine, broken anew before each. */
async function prove(lab: TestLab, fault: Fault, rows: readonly Row[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  await expectDone(lab, ['start', '--fault', fault.id, ...(values.seed ? ['--seed', values.seed] : [])]);
  for (const [index, row] of rows.entries()) {
    if (index > 0) await expectDone(lab, ['reset']);
    const outcome = await judge(lab, row);
    outcomes.push(outcome);
    const isRight = outcome.answer === (row.mustPass ? 'pass' : 'fail');
    if (!isRight) console.error(`  ${fault.id}, ${row.kind} "${row.title}": ${outcome.answer}`);
  }
  await expectDone(lab, ['stop']);
  return outcomes;
}

const catalogue = await loadCatalogue(fileURLToPath(new URL('../../scenarios', import.meta.url)));
const wanted = values.fault ?? [...catalogue.faults.keys()];
const unknown = wanted.filter((id) => !catalogue.faults.has(id));
if (unknown.length > 0) throw new Error(`there is no fault ${unknown.join(', ')}`);

const outcomes: Outcome[] = [];
const proofS = new Map<string, number>();
const broken: string[] = [];
await using lab = await createTestLab();
for (const written of wanted.flatMap((id) => catalogue.faults.get(id) ?? [])) {
  const fault = variantOf(written, values.seed ?? null);
  const healthy: Row = { ...rowsOf(fault)[0]!, kind: 'healthy', title: 'put back as it was', mustPass: true };
  // What is stored stays changed when the manifests are put back.
  const rows = [...(fault.changesData ? [] : [{ ...healthy, steps: await healthySteps(fault) }]), ...rowsOf(fault)];
  for (let repeat = 1; repeat <= Number(values.repeat); repeat++) {
    const began = performance.now();
    try {
      outcomes.push(...(await prove(lab, fault, rows)));
    } catch (error) {
      broken.push(`${fault.id}: ${(error as Error).message}`);
      await lab.cli(['stop']);
    }
    proofS.set(fault.id, (performance.now() - began) / 1000);
    console.error(`${fault.id}: ${rows.length} rows in ${proofS.get(fault.id)?.toFixed(0)} s`);
  }
}
const tallies = tally(outcomes);
const times = [...proofS.values()].toSorted((a, b) => a - b);
const summary = { ...summarise(tallies), notProvable: broken, medianProofS: times[Math.floor(times.length / 2)] ?? 0 };
if (values.json) {
  console.log(
    JSON.stringify({ engine: 'embedded', summary, proofS: Object.fromEntries(proofS), rows: tallies }, null, 2),
  );
} else {
  const facts = Object.entries(summary).map(([name, value]) => `${name}: ${String(value)}`);
  console.log(`${markdown(tallies)}\n\n${facts.join(' · ')}`);
}
process.exitCode = summary.falsePasses + summary.falseFails + summary.undetermined + broken.length > 0 ? 1 : 0;
