import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { project } from '../../lab/project.ts';
import { labFolder } from '../../lab/lab-folder.ts';
import { shopNamespace } from '../../lab/namespaces.ts';
import { connectKube, type Kube } from '../../lib/kube/kube.ts';
import { collectionPath } from '../../lib/kube/paths.ts';
import { openEngine } from './bench-engine.ts';
import { copyWithoutCaches, openFolder, type BenchFolder, type Ran } from './command-line.ts';
import { typicalMs, type Bench, type Figure } from './figure.ts';
import { peers } from './peers.ts';

const readyRounds = 5;
const warmRounds = 3;
const lookEveryMs = 50;

/** A lab from its start to its end, as the person at the keyboard waits for it. */
export const lifeBench: Bench = {
  id: 'life',
  title: 'Start, reset, stop',
  how: 'the real commands in an empty folder, wall clock; median of n',
  async run({ signal, report }) {
    report(await measureReady(signal));
    const cold = await measureCold(signal);
    const rounds: Round[] = [];
    for (let round = 0; round < warmRounds; round++) rounds.push(await measureRound(project.root, signal));
    startFigures('warm', rounds, 'images and compiled code kept from before').forEach(report);
    startFigures('cold', [cold], 'a copy of the product without node_modules/.cache').forEach(report);
    stepFigures(rounds).forEach(report);
    endFigures(rounds).forEach(report);
  },
};

interface Round {
  firstBrokenMs: number;
  start: Ran;
  reset: Ran;
  stopMs: number;
}

async function measureReady(signal: AbortSignal): Promise<Figure> {
  const samples: number[] = [];
  for (let round = 0; round < readyRounds; round++) {
    await using bench = await openEngine(signal);
    samples.push(bench.readyMs);
  }
  return typicalMs(samples, {
    name: 'engine ready',
    target: { below: 500 },
    how: 'spawn → first GET through its kubeconfig answered',
    peer: peers.boot,
  });
}

async function measureCold(signal: AbortSignal): Promise<Round> {
  await using copy = await copyWithoutCaches();
  // Awaited here, or the copy would be gone before it is used.
  return await measureRound(copy.root, signal);
}

async function measureRound(root: string, signal: AbortSignal): Promise<Round> {
  await using folder = await openFolder(root, signal);
  const starting = new AbortController();
  const looking = firstBrokenPod(folder, AbortSignal.any([signal, starting.signal]));
  const start = await folder.cli(['start']).finally(() => starting.abort());
  const firstBrokenMs = await looking;
  const reset = await folder.cli(['reset']);
  const { ms: stopMs } = await folder.cli(['stop']);
  return { firstBrokenMs, start, reset, stopMs };
}

/** Looks until a pod of the shop shows trouble. @returns when that was, counted from now */
async function firstBrokenPod({ dir }: BenchFolder, signal: AbortSignal): Promise<number> {
  const begunAt = performance.now();
  const { kubeconfig } = labFolder(dir);
  while (!existsSync(kubeconfig) && !signal.aborted) await pause(lookEveryMs);
  if (signal.aborted) return Number.NaN;
  await using kube = await connectKube({ kubeconfigPath: kubeconfig });
  while (!signal.aborted) {
    if (await showsTrouble(kube)) return performance.now() - begunAt;
    await pause(lookEveryMs);
  }
  return Number.NaN;
}

interface Pod {
  status?: {
    containerStatuses?: { state?: { waiting?: { reason?: string }; terminated?: { exitCode: number } } }[];
  };
}

async function showsTrouble(kube: Kube): Promise<boolean> {
  const pods = await kube.list<Pod>(collectionPath('v1', 'Pod', shopNamespace)).catch(() => []);
  const states = pods.flatMap(({ status }) => status?.containerStatuses?.map(({ state }) => state) ?? []);
  const reasons = states.map((state) => state?.waiting?.reason ?? 'ContainerCreating');
  return (
    reasons.some((reason) => reason !== 'ContainerCreating' && reason !== 'PodInitializing') ||
    states.some((state) => (state?.terminated?.exitCode ?? 0) !== 0)
  );
}

function startFigures(kind: string, rounds: readonly Round[], how: string): Figure[] {
  const seen = rounds.map(({ firstBrokenMs }) => firstBrokenMs).filter((ms) => !Number.isNaN(ms));
  return [
    typicalMs(seen, { name: `start → first broken pod, ${kind}`, how: `pods listed every ${lookEveryMs} ms; ${how}` }),
    typicalMs(
      rounds.map(({ start }) => start.ms),
      { name: `start → handed over, ${kind}`, target: { below: 10_000 }, how: `command ended; ${how}` },
    ),
  ];
}

/** When each step of a warm `start` was done: where its seconds go. */
function stepFigures(rounds: readonly Round[]): Figure[] {
  const titles = rounds[0]?.start.steps.flatMap(({ text }) => titleOf(text) ?? []) ?? [];
  return titles.map((title) =>
    typicalMs(
      rounds.flatMap(({ start }) => stepMs(start, title)),
      { name: `  start, done: ${title}`, how: 'since the command was typed; warm' },
    ),
  );
}

function endFigures(rounds: readonly Round[]): Figure[] {
  return [
    typicalMs(
      rounds.flatMap(({ reset }) => stepMs(reset, 'Deploy the broken shop')),
      { name: 'reset → deployed', target: { below: 3_000 }, how: 'the step was told as done; warm' },
    ),
    typicalMs(
      rounds.map(({ reset }) => reset.ms),
      { name: 'reset → proven broken', how: 'command ended; warm' },
    ),
    typicalMs(
      rounds.map(({ stopMs }) => stopMs),
      { name: 'stop', target: { below: 3_000 }, how: 'command ended; warm' },
    ),
  ];
}

/** `✓ Boot the cluster (0.4 s)` tells of the step `Boot the cluster`; a detail may follow the title. */
function titleOf(line: string): string | undefined {
  return /^✓ ([^:(]+?)(?::| \()/.exec(line)?.[1];
}

function stepMs({ steps }: Ran, title: string): number[] {
  return steps.filter(({ text }) => titleOf(text) === title).map(({ atMs }) => atMs);
}
