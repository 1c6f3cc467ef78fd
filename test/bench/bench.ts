/**
 * `npm run bench`: how fast and how big the product is on this machine. Prints one table; `--json` prints the figures
 * as data, `--only ID,ID` measures some benches. Bounded by four minutes; Ctrl-C leaves nothing behind.
 */
import { availableParallelism, cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { engineBench } from './engine.ts';
import type { Bench, Figure } from './figure.ts';
import { lifeBench } from './life.ts';
import { scaleBench } from './scale.ts';
import { shopBench } from './shop.ts';
import { table } from './table.ts';

const benches: readonly Bench[] = [lifeBench, shopBench, engineBench, scaleBench];
const wholeRunMs = 240_000;

interface Measured {
  id: string;
  title: string;
  how: string;
  figures: Figure[];
  /** Why some figures are missing. */
  failed?: string;
}

const { values: options } = parseArgs({ options: { json: { type: 'boolean' }, only: { type: 'string' } } });
const only = options.only?.split(',');
const unknown = only?.filter((id) => !benches.some((bench) => bench.id === id)) ?? [];
if (unknown.length > 0) {
  console.error(`There is no bench "${unknown.join('", "')}". There are: ${benches.map(({ id }) => id).join(', ')}.`);
  process.exit(2);
}

const ending = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => ending.abort(new Error(`ended by ${name}`)));
}
const timer = setTimeout(() => ending.abort(new Error(`over ${wholeRunMs / 1000} s`)), wholeRunMs);

const machine = describeMachine();
if (!options.json) console.log(`${machine}\n`);
const results: Measured[] = [];
for (const bench of benches.filter(({ id }) => !only || only.includes(id))) {
  const result = await measure(bench);
  results.push(result);
  if (!options.json) print(result);
}
clearTimeout(timer);
if (options.json) console.log(JSON.stringify({ machine, benches: results }, undefined, 2));
process.exit(results.some(({ failed }) => failed) ? 2 : 0);

async function measure(bench: Bench): Promise<Measured> {
  const { id, title, how } = bench;
  const figures: Figure[] = [];
  const begunAt = performance.now();
  try {
    ending.signal.throwIfAborted();
    await bench.run({
      signal: ending.signal,
      report(figure) {
        figures.push(figure);
        if (process.stderr.isTTY) console.error(`  · ${title}: ${figure.name}`);
      },
    });
    return { id, title, how: `${how} (took ${seconds(begunAt)} s, load ${load()} at its end)`, figures };
  } catch (error) {
    const why = ending.signal.aborted ? (ending.signal.reason as Error) : (error as Error);
    return { id, title, how, figures, failed: why.message };
  }
}

function print(result: Measured): void {
  console.log(table(result, result.figures));
  if (result.failed) console.log(`  NOT COMPLETE: ${result.failed}\n`);
}

function describeMachine(): string {
  const kind = cpus()[0]?.model.trim() ?? process.arch;
  return `brokenprod bench: ${availableParallelism()} cores (${kind}), Node ${process.versions.node}, load ${load()} before the run`;
}

function seconds(sinceMs: number): string {
  return ((performance.now() - sinceMs) / 1000).toFixed(0);
}

/** Whether the machine had other things to do: on a quiet one it stays below the number of cores. */
function load(): string {
  return loadavg()[0]?.toFixed(1) ?? '?';
}
