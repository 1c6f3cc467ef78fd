/**
 * `npm run faults`: each fault proven five ways: what is healthy passes; broken, the symptom is seen (start hands nothing
 * else over); untouched it fails; each right repair passes; each wrong one fails.
 *   --fault ID    only this one; may be repeated     --share N    those whose turn it is today, and what was changed
 *   --repeat N    default 1                          --labs N     so many labs side by side; default one for two cores,
 *                                                                 and two at least where only one fault is asked for
 *   --seed S      the variant that this seed draws   --variant V  this one, of the one fault that is asked for
 *   --json        facts instead of the table
 *   --together N  up to N faults at once, drawn by the seed, as a random incident has them; default 4. With 1 each is
 *                 a drill of its own, as it is where only one is asked for
 */
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { parseArgs, promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { loadCatalogue } from '../../scenarios/catalogue.ts';
import type { Fault } from '../../scenarios/fault.ts';
import { drawnVariant, variantOf } from '../../scenarios/variants.ts';
import type { TestLab } from '../helpers/lab.ts';
import { inCompany } from './company.ts';
import { openLabs } from './labs.ts';
import { pace } from './pace.ts';
import { wrongAnswers } from './outcome.ts';
import { playDrill } from './play-rounds.ts';
import { proofRows } from './proof-rows.ts';
import { dueFaults } from './rotation.ts';
import { roundsByKind, type Row } from './rows.ts';
import { markdown, median, summarise, tally, type Outcome } from './tally.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({
  options: {
    fault: { type: 'string', multiple: true },
    share: { type: 'string' },
    repeat: { type: 'string', default: '1' },
    labs: { type: 'string' },
    seed: { type: 'string' },
    variant: { type: 'string' },
    together: { type: 'string', default: '4' },
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

if (values.variant && wanted.length !== 1) throw new Error('--variant needs the one --fault that it is of');

const repeats = Number(values.repeat);
const seed = values.variant
  ? seedOfVariant(catalogue.faults.get(wanted[0] ?? '') as Fault, values.variant)
  : (values.seed ?? null);
const begunAt = performance.now();
const outcomes: Outcome[] = [];
/** How long the proofs of each fault took by the clock; a company shares its time. */
const proofS: Record<string, number> = {};
const broken: string[] = [];
await using labs = await openLabs(values.labs === undefined ? defaultLabs() : Number(values.labs));

const faults = wanted.map((id) => variantOf(catalogue.faults.get(id) as Fault, seed));
const rowsOfEach = new Map(await Promise.all(faults.map(async (fault) => [fault, await proofRows(fault)] as const)));
const roundsOf = (company: readonly Fault[]): Row[][] =>
  roundsByKind(company.map((fault) => rowsOfEach.get(fault) ?? []));
const companies = inCompany(faults, {
  size: Number(values.together),
  seed: seed ?? '',
  rounds: (company) => roundsOf(company).length,
});
/** A drill is shared by all labs, so that whoever waits for it waits least; companies have one each, which costs fewer starts. */
const partsOf = (company: readonly Fault[]): number => (company.length > 1 ? 1 : labs.size);
const proofs = Array.from({ length: repeats }, () =>
  companies.map((company) => proofOf(company, partsOf(company))),
).flat();

/** A lab keeps more than one core busy, save while it watches one fault's shop. */
function defaultLabs(): number {
  return Math.min(4, Math.max(wanted.length === 1 ? 2 : 1, Math.floor(availableParallelism() / 2)));
}

/** A seed that draws it. */
function seedOfVariant(fault: Fault, name: string): string {
  if (!fault.variants.some((variant) => variant.name === name)) throw new Error(`${fault.id} has no variant ${name}`);
  let seed = 0;
  while (drawnVariant(fault, String(seed))?.name !== name) seed++;
  return String(seed);
}

/** All rows of a fault, or of several that are broken together. */
interface Proof {
  name: string;
  faults: readonly Fault[];
  parts: Row[][][];
  left: number;
  begunAt?: number;
}

function proofOf(company: readonly Fault[], count: number): Proof {
  const rounds = roundsOf(company);
  const parts = Array.from({ length: count }, (_, part) => rounds.filter((_round, index) => index % count === part));
  return { name: company.map(({ id }) => id).join(' + '), faults: company, parts, left: count };
}

async function play(lab: TestLab, { proof, rounds }: { proof: Proof; rounds: Row[][] }): Promise<void> {
  proof.begunAt ??= performance.now();
  try {
    const judged = (played: Outcome[]): void => {
      outcomes.push(...played);
      for (const line of wrongAnswers(played)) console.error(line);
    };
    await playDrill(lab, proof.faults, rounds, { seed, signal: labs.interrupted, judged });
  } catch (error) {
    broken.push(`${proof.name}: ${(error as Error).message}`);
    console.error(broken.at(-1));
  }
  if (--proof.left > 0) return;
  const tookS = (performance.now() - proof.begunAt) / 1000;
  for (const { id } of proof.faults) proofS[id] = tookS / proof.faults.length;
  const done = proofs.filter(({ left }) => left === 0).length;
  const come = pace(done, proofs.length, performance.now() - begunAt);
  console.error(`${proof.name}: ${proof.parts.flat(2).length} rows in ${tookS.toFixed(0)} s (${come})`);
}

await labs.inTurns(
  proofs.flatMap((proof) => proof.parts.map((rounds) => ({ proof, rounds }))),
  play,
);
const inOrder = [...rowsOfEach.values()].flat();
const tallies = tally(outcomes.toSorted((a, b) => inOrder.indexOf(a.row) - inOrder.indexOf(b.row)));
const summary = {
  ...summarise(tallies),
  notProvable: broken,
  medianProofS: median(Object.values(proofS)),
  /** Of the whole run, shared among the faults, as several are proven at once. */
  wallSPerFault: (performance.now() - begunAt) / 1000 / (faults.length * repeats),
};
if (values.json) {
  console.log(JSON.stringify({ engine: 'embedded', summary, proofS, rows: tallies }, null, 2));
} else {
  const round = (value: number): string => value.toFixed(Number.isInteger(value) ? 0 : 1);
  const facts = Object.entries(summary).map(
    ([name, value]) => `${name}: ${typeof value === 'number' ? round(value) : String(value)}`,
  );
  console.log(`${markdown(tallies)}\n\n${facts.join(' · ')}`);
}
const wrong = summary.falsePasses + summary.falseFails + summary.undetermined + broken.length;
process.exitCode = labs.interrupted.aborted ? 130 : wrong > 0 ? 1 : 0;
