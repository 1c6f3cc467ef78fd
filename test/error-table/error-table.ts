/**
 * `npm run error-table`: how often the grader is wrong. For every fault of a scenario: nothing done (must fail), each
 * right repair (must pass), each wrong one (must fail), on a real lab with the real kubectl.
 *   --scenario ID   default friday-afternoon      --fault ID   only this one, the others repaired
 *   --repeat N      default 1                     --full       the whole two-minute window instead of the quick one
 *   --json          facts instead of the table
 */
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { faultsOf, loadCatalogue } from '../../scenarios/catalogue.ts';
import type { Fault } from '../../scenarios/fault.ts';
import { createTestLab, type TestLab } from '../helpers/lab.ts';
import { interruption } from './interruption.ts';
import { pace } from './pace.ts';
import { outcomeOf, wrongAnswers } from './outcome.ts';
import { roundsOf, type Row } from './rows.ts';
import { markdown, summarise, tally, type Outcome } from './tally.ts';

const { values } = parseArgs({
  options: {
    scenario: { type: 'string', default: 'friday-afternoon' },
    fault: { type: 'string' },
    repeat: { type: 'string', default: '1' },
    full: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

async function expectDone(lab: TestLab, args: readonly string[]): Promise<void> {
  const { code, stderr, stdout } = await lab.cli(args, 180_000);
  if (code !== 0) throw new Error(`brokenprod ${args.join(' ')} ended with ${code}:\n${stderr}${stdout}`);
}

/** Plays one round on a freshly broken shop and asks for a verdict. */
async function play(lab: TestLab, faults: readonly Fault[], round: readonly Row[]): Promise<Outcome[]> {
  await expectDone(lab, ['reset']);
  const others = faults.filter(({ id }) => !round.some(({ fault }) => fault === id));
  if (others.length > 0) await expectDone(lab, ['solve', ...others.map(({ id }) => id), '--yes']);
  for (const { steps } of round) await lab.apply(steps);
  const began = performance.now();
  const verdict = await lab.grade(...(values.full ? [] : ['--quick']));
  const gradeS = (performance.now() - began) / 1000;
  return round.map((row) => outcomeOf(row, verdict, gradeS));
}

const catalogue = await loadCatalogue(fileURLToPath(new URL('../../scenarios', import.meta.url)));
const scenario = catalogue.scenarios.get(values.scenario);
if (!scenario) throw new Error(`there is no scenario "${values.scenario}"`);
const faults = faultsOf(catalogue, scenario);
const rounds = roundsOf(values.fault ? faults.filter(({ id }) => id === values.fault) : faults);
if (rounds.length === 0) throw new Error(`${scenario.id} has no fault "${values.fault}"`);

const interrupted = interruption();
const outcomes: Outcome[] = [];
const began = performance.now();
const all = rounds.length * Number(values.repeat);
let played = 0;
await using lab = await createTestLab();
await expectDone(lab, ['start', scenario.id]);
for (let repeat = 1; repeat <= Number(values.repeat); repeat++) {
  for (const [index, round] of rounds.entries()) {
    interrupted.throwIfAborted();
    const judged = await play(lab, faults, round);
    outcomes.push(...judged);
    const wrong = wrongAnswers(judged);
    console.error(
      `repeat ${repeat}, round ${index + 1} (${pace(++played, all, performance.now() - began)}): ${judged.length} rows in ` +
        `${judged[0]?.gradeS.toFixed(1)} s, ${wrong.length} not as they must be` +
        wrong.map((line) => `\n${line}`).join(''),
    );
  }
}
const tallies = tally(outcomes);
const summary = summarise(tallies);
if (values.json)
  console.log(
    JSON.stringify({ scenario: scenario.id, engine: 'embedded', quick: !values.full, summary, rows: tallies }, null, 2),
  );
else
  console.log(
    `${markdown(tallies)}\n\n${Object.entries(summary)
      .map(([name, value]) => `${name}: ${value}`)
      .join(' · ')}`,
  );
process.exitCode = summary.falsePasses + summary.falseFails > 0 ? 1 : 0;
