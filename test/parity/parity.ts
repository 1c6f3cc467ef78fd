/**
 * `npm run parity`: replays recorded cases on the embedded engine and compares what kubectl prints with what it printed
 * on a real cluster. Exit code 1 when something differs that is not known.
 */
import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { KubectlVersion } from '../helpers/kubectl.ts';
import { compareRecordings } from './compare.ts';
import { explain, readKnownDifferences, type KnownDifference } from './known-differences.ts';
import { readRecordings, type Recording } from './recording.ts';
import { startReplay } from './replay.ts';
import { replayCase } from './replay-case.ts';
import { replayTraces } from './replay-traces.ts';
import { renderReport, type Outcome } from './report.ts';
import { inOrderOfTrace } from './requests.ts';
import { openSite, type Site } from './site.ts';
import { readStepsOfBoth } from './steps-of-both.ts';

const usage = `Usage: npm run parity -- [options]
  --dir PATH        folder with cases/, demo-service/ and recordings/ (default ../shared/real-kubernetes)
  --recordings NAME the folder of recordings in it (default recordings; recordings-kubectl1.36 runs kubectl 1.36)
  --case NAME       only this case; may be repeated
  --until SECONDS   how long after apply to go on (default 60)
  --at-once N       how many cases run side by side (default 6)
  --out PATH        where to write what the engine printed (default a temporary folder)
  --replayed PATH   compare what an earlier run wrote there; starts nothing
  --all             list known differences and what is the same, too
  --json            print the outcomes as JSON
`;

const { values: flags } = parseArgs({
  options: {
    dir: { type: 'string', default: fileURLToPath(new URL('../../../shared/real-kubernetes', import.meta.url)) },
    recordings: { type: 'string', default: 'recordings' },
    case: { type: 'string', multiple: true },
    until: { type: 'string', default: '60' },
    'at-once': { type: 'string', default: '6' },
    out: { type: 'string' },
    replayed: { type: 'string' },
    all: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** Not a case with a manifest of its own, but traces of what each verb asks for. */
const requestsCase = 'http';

/** Cases begin apart, so that their moments don't fall on one. */
const laneDelayMs = 4_000;

if (flags.help) process.stdout.write(usage);
else process.exitCode = await main();

async function main(): Promise<number> {
  const untilSeconds = Number(flags.until);
  const cases = await readCases(join(flags.dir, flags.recordings));
  const out = flags.replayed ?? flags.out ?? (await mkdtemp(join(tmpdir(), 'parity-replayed-')));
  if (!flags.replayed) await replayAll(cases, out, untilSeconds);
  const known = await readKnownDifferences(fileURLToPath(new URL('known-differences.yaml', import.meta.url)));
  const outcomes: Outcome[] = [];
  for (const recordings of cases.values()) outcomes.push(...(await judge(recordings, out, untilSeconds, known)));
  process.stdout.write(
    flags.json ? `${JSON.stringify(outcomes, undefined, 2)}\n` : renderReport(outcomes, { all: flags.all }),
  );
  if (!flags.json) process.stdout.write(`What the engine printed: ${resolve(out)}\n`);
  return outcomes.some(({ verdict }) => verdict === 'differs' || verdict === 'missing') ? 1 : 0;
}

/** The recordings of each case that has a manifest. */
async function readCases(folder: string): Promise<Map<string, Recording[]>> {
  const manifests = await readdir(join(flags.dir, 'cases'));
  const names = (await readdir(folder)).filter((name) => name === requestsCase || manifests.includes(`${name}.yaml`));
  const cases = new Map<string, Recording[]>();
  for (const name of names.toSorted()) {
    if (flags.case && !flags.case.includes(name)) continue;
    const recordings = await readRecordings(join(folder, name));
    cases.set(name, name === requestsCase ? inOrderOfTrace(recordings) : recordings);
  }
  return cases;
}

/** Several cases side by side: a moment's commands of one run while the others wait for theirs. */
async function replayAll(cases: ReadonlyMap<string, Recording[]>, out: string, untilSeconds: number): Promise<void> {
  const version: KubectlVersion = flags.recordings.includes('1.36') ? 'v36' : 'v32';
  await using site = await openSite(flags.dir, version);
  const waiting = [...cases.entries()].entries();
  const work = async (delayMs: number) => {
    await sleep(delayMs);
    for (const [index, [name, recordings]] of waiting) {
      await replayOne(site, name, recordings, index, join(out, name), untilSeconds);
    }
  };
  await Promise.all(Array.from({ length: Number(flags['at-once']) }, (_, lane) => work(lane * laneDelayMs)));
}

async function replayOne(
  site: Site,
  name: string,
  recordings: readonly Recording[],
  index: number,
  outDir: string,
  untilSeconds: number,
): Promise<void> {
  const namespace = `productio${String.fromCodePoint('a'.codePointAt(0)! + index)}`;
  await using replay = await startReplay(site, namespace, outDir);
  process.stderr.write(`${name} begins in ${namespace}\n`);
  if (name === requestsCase) await replayTraces(replay, recordings);
  else await replayCase(replay, recordings, untilSeconds);
  process.stderr.write(`${name} ends after ${replay.elapsedSeconds().toFixed(0)} s\n`);
}

async function judge(
  recordings: readonly Recording[],
  out: string,
  untilSeconds: number,
  known: readonly KnownDifference[],
): Promise<Outcome[]> {
  const name = recordings[0]?.case ?? '';
  const replayed = new Map((await readRecordings(join(out, name)).catch(() => [])).map((found) => [found.name, found]));
  const steps = await readStepsOfBoth(
    join(flags.dir, 'recordings', name),
    join(out, name),
    flags.recordings !== 'recordings',
  );
  return recordings.flatMap((recording): Outcome[] => {
    const found = replayed.get(recording.name);
    if (!found) return [];
    const changes = compareRecordings(recording, found, untilSeconds);
    if (changes.length === 0) return [{ recording, verdict: 'same' }];
    const reasons = explain(recording, changes, known, () => steps.wereApart(recording, found));
    return reasons ? [{ recording, verdict: 'known', reasons, changes }] : [{ recording, verdict: 'differs', changes }];
  });
}
