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
import type { Fault } from '../../scenarios/fault.ts';
import { variantOf } from '../../scenarios/variants.ts';
import type { TestLab } from '../helpers/lab.ts';
import { openLabs } from './labs.ts';
import { pace } from './pace.ts';
import { wrongAnswers } from './outcome.ts';
import { playRows, proofRows } from './prove-fault.ts';
import { dueFaults } from './rotation.ts';
import type { Row } from './rows.ts';
import { markdown, median, summarise, tally, type Outcome } from './tally.ts';

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

const repeats = Number(values.repeat);
const begunAt = performance.now();
const outcomes: Outcome[] = [];
const proofS: Record<string, number> = {};
const broken: string[] = [];
await using labs = await openLabs(Number(values.labs));

/** One fault is shared by all labs; of many, each lab has one to itself, which costs fewer starts. */
const partsOfEach = Math.max(1, Math.floor(labs.size / (wanted.length * repeats)));
const faults = await Promise.all(
  wanted.map(async (id) => {
    const fault = variantOf(catalogue.faults.get(id) as Fault, values.seed ?? null);
    return { fault, rows: await proofRows(fault) };
  }),
);
const proofs = Array.from({ length: repeats }, () => faults.map((one) => proofOf(one, partsOfEach))).flat();

interface Proof {
  fault: Fault;
  parts: Row[][];
  left: number;
  begunAt?: number;
}

function proofOf({ fault, rows }: (typeof faults)[number], count: number): Proof {
  const parts = Array.from({ length: count }, (_, part) => rows.filter((_row, index) => index % count === part));
  return { fault, parts, left: count };
}

async function play(lab: TestLab, { proof, rows }: { proof: Proof; rows: readonly Row[] }): Promise<void> {
  const { fault } = proof;
  proof.begunAt ??= performance.now();
  try {
    const played = await playRows(lab, fault, rows, values.seed ?? null, labs.interrupted);
    outcomes.push(...played);
    for (const line of wrongAnswers(played)) console.error(line);
  } catch (error) {
    broken.push(`${fault.id}: ${(error as Error).message}`);
    console.error(broken.at(-1));
  }
  if (--proof.left > 0) return;
  proofS[fault.id] = (performance.now() - proof.begunAt) / 1000;
  const done = proofs.filter(({ left }) => left === 0).length;
  const come = pace(done, proofs.length, performance.now() - begunAt);
  console.error(`${fault.id}: ${proof.parts.flat().length} rows in ${proofS[fault.id]?.toFixed(0)} s (${come})`);
}

await labs.inTurns(
  proofs.flatMap((proof) => proof.parts.map((rows) => ({ proof, rows }))),
  play,
);
const inOrder = faults.flatMap(({ rows }) => rows);
const tallies = tally(outcomes.toSorted((a, b) => inOrder.indexOf(a.row) - inOrder.indexOf(b.row)));
const summary = {
  ...summarise(tallies),
  notProvable: broken,
  medianProofS: median(Object.values(proofS)),
  /** Of the whole run, shared among the proofs that were made side by side. */
  wallSPerProof: (performance.now() - begunAt) / 1000 / proofs.length,
};
if (values.json) {
  console.log(JSON.stringify({ engine: 'embedded', summary, proofS, rows: tallies }, null, 2));
} else {
  const facts = Object.entries(summary).map(([name, value]) => `${name}: ${String(value)}`);
  console.log(`${markdown(tallies)}\n\n${facts.join(' · ')}`);
}
const wrong = summary.falsePasses + summary.falseFails + summary.undetermined + broken.length;
process.exitCode = labs.interrupted.aborted ? 130 : wrong > 0 ? 1 : 0;
