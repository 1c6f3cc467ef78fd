/**
 * `npm run faults`: each fault proven five ways, as a drill of its own: what is healthy passes; broken, the symptom is
 * seen (start hands nothing else over); untouched it fails; each right repair passes; each wrong one fails.
 *   --fault ID    only this one; may be repeated     --share N    those whose turn it is today, and what was changed
 *   --repeat N    default 1                          --labs N     so many labs side by side, default 2
 *   --seed S      the variant that this seed draws   --json       facts instead of the table
 */
import { execFile } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { parseArgs, promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { loadCatalogue } from '../../scenarios/catalogue.ts';
import { variantOf } from '../../scenarios/variants.ts';
import { createTestLab } from '../helpers/lab.ts';
import { interruption } from './interruption.ts';
import { pace } from './pace.ts';
import { wrongAnswers } from './outcome.ts';
import { proofRows, proveFault } from './prove-fault.ts';
import { dueFaults } from './rotation.ts';
import { markdown, summarise, tally, type Outcome } from './tally.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({
  options: {
    fault: { type: 'string', multiple: true },
    share: { type: 'string' },
    repeat: { type: 'string', default: '1' },
    labs: { type: 'string', default: '2' },
    seed: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

/** What the newest commit and the work on top of it changed; nothing where there is no history to ask. */
async function changedPaths(): Promise<string[]> {
  const git = promisify(execFile)('git', ['diff', '--name-only', 'HEAD~1'], { cwd: root });
  return git.then(
    ({ stdout }) => stdout.split('\n').filter(Boolean),
    () => [],
  );
}

const catalogue = await loadCatalogue(`${root}scenarios`);
const all = [...catalogue.faults.keys()];
const wanted =
  values.fault ?? (values.share ? dueFaults(all, Number(values.share), Date.now(), await changedPaths()) : all);
const unknown = wanted.filter((id) => !catalogue.faults.has(id));
if (unknown.length > 0) throw new Error(`there is no fault ${unknown.join(', ')}`);

const interrupted = interruption();
const begunAt = performance.now();
let proven = 0;
const outcomes: Outcome[] = [];
const proofS = new Map<string, number>();
const broken: string[] = [];
await using labs = new AsyncDisposableStack();
const several = await Promise.all(Array.from({ length: Number(values.labs) }, () => createTestLab()));
for (const lab of several) labs.use(lab);

for (const written of wanted.flatMap((id) => catalogue.faults.get(id) ?? [])) {
  const fault = variantOf(written, values.seed ?? null);
  const rows = await proofRows(fault);
  for (let repeat = 1; repeat <= Number(values.repeat); repeat++) {
    interrupted.throwIfAborted();
    const began = performance.now();
    try {
      const played = await proveFault(several, fault, rows, values.seed ?? null);
      outcomes.push(...played);
      for (const line of wrongAnswers(played)) console.error(line);
    } catch (error) {
      broken.push(`${fault.id}: ${(error as Error).message}`);
    }
    proofS.set(fault.id, (performance.now() - began) / 1000);
    const come = pace(++proven, wanted.length * Number(values.repeat), performance.now() - begunAt);
    console.error(`${fault.id}: ${rows.length} rows in ${proofS.get(fault.id)?.toFixed(0)} s (${come})`);
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
