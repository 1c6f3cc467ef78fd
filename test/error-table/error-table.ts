/**
 * `npm run error-table`: how often the grader is wrong. For every fault of a scenario: nothing done (must fail), each
 * right repair (must pass), each wrong one (must fail), on a real lab with the real kubectl.
 *   --scenario ID   default friday-afternoon      --fault ID   only this one, the others repaired
 *   --repeat N      default 1                     --full       the whole two-minute window instead of the quick one
 *   --labs N        so many side by side, default 2 (at most 4)
 *   --json          facts instead of the table
 */
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { faultsOf, loadCatalogue } from '../../scenarios/catalogue.ts';
import type { TestLab } from '../helpers/lab.ts';
import { expectDone, openLabs } from './labs.ts';
import { pace } from './pace.ts';
import { wrongAnswers } from './outcome.ts';
import { playRound } from './play-rounds.ts';
import { roundsOf } from './rows.ts';
import { markdown, summarise, tally, type Outcome } from './tally.ts';

const { values } = parseArgs({
  options: {
    scenario: { type: 'string', default: 'friday-afternoon' },
    fault: { type: 'string' },
    repeat: { type: 'string', default: '1' },
    full: { type: 'boolean', default: false },
    labs: { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
  },
});

const catalogue = await loadCatalogue(fileURLToPath(new URL('../../scenarios', import.meta.url)));
const scenario = catalogue.scenarios.get(values.scenario);
if (!scenario) throw new Error(`there is no scenario "${values.scenario}"`);
const faults = faultsOf(catalogue, scenario);
const rounds = roundsOf(values.fault ? faults.filter(({ id }) => id === values.fault) : faults);
if (rounds.length === 0) throw new Error(`${scenario.id} has no fault "${values.fault}"`);

const outcomes: Outcome[] = [];
const began = performance.now();
const pieces = Array.from({ length: Number(values.repeat) }, (_, repeat) =>
  rounds.map((round, index) => ({ round, name: `repeat ${repeat + 1}, round ${index + 1}` })),
).flat();
let played = 0;
await using labs = await openLabs(Number(values.labs));
const started = new Set<TestLab>();
await labs.inTurns(pieces, async (lab, { round, name }) => {
  if (!started.has(lab)) await expectDone(lab, ['start', scenario.id]);
  started.add(lab);
  await expectDone(lab, ['reset']);
  const judged = await playRound(lab, faults, round, ...(values.full ? [] : ['--quick']));
  outcomes.push(...judged);
  const wrong = wrongAnswers(judged);
  console.error(
    `${name} (${pace(++played, pieces.length, performance.now() - began)}): ${judged.length} rows in ` +
      `${judged[0]?.gradeS.toFixed(1)} s, ${wrong.length} not as they must be${wrong.map((line) => `\n${line}`).join('')}`,
  );
});
const inOrder = rounds.flat();
const tallies = tally(outcomes.toSorted((a, b) => inOrder.indexOf(a.row) - inOrder.indexOf(b.row)));
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
const wrong = summary.falsePasses + summary.falseFails;
process.exitCode = labs.interrupted.aborted ? 130 : wrong > 0 ? 1 : 0;
