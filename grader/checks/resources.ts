import { z } from 'zod';
import { defineCheck, finding, type Meaning, type WindowContext } from '../check.ts';
import { mebibytes, parseQuantity } from '../quantity.ts';
import { podsOf, statusOf } from '../state.ts';
import { mean, percentile } from '../statistics.ts';
import type { Finding } from '../verdict.ts';
import type { UsageSample } from '../window.ts';

const meaning: Meaning = {
  expected: 'limits on every container, CPU below half of its limit, memory that does not climb towards its limit',
  why: 'what grows without end is killed in the end, and what has no limit takes its neighbours along',
  where: 'kubectl top pods, and the limits in kubectl describe deployment',
};

const maxCpuShare = 0.5;
/** Starting takes a burst of CPU, and figures are averages over some seconds. */
const startUpMs = 20_000;
const maxMemoryShare = 0.9;
/** Memory that would reach its limit sooner than this is climbing. */
const minRunwayMs = 5 * 60_000;
/** Whoever started so lately may still be filling its caches, if it fills them more and more slowly. */
const warmUpMs = 4 * 60_000;
/** Of the pace before; what leaks keeps its pace. */
const slowedDown = 0.6;

export interface ContainerUse {
  name: string;
  limits: { cpu?: string; memory?: string };
  startedAtMs: number;
  samples: readonly UsageSample[];
}

/** The shop has room. */
export const resources = defineCheck<Record<string, never>>({ phase: 'after', params: z.strictObject({}), run });

function run(_: Record<string, never>, { baseline, state, window, quick }: WindowContext): Promise<Finding> {
  const uses = baseline.deployments.flatMap(({ name: deployment }) =>
    podsOf(state, deployment).flatMap((pod) =>
      pod.spec.containers.map(({ name, resources: wanted }) => ({
        name: pod.metadata.name,
        limits: wanted?.limits ?? {},
        startedAtMs: Date.parse(statusOf(pod, name)?.state?.running?.startedAt ?? ''),
        samples: window.usage.filter((sample) => sample.pod === pod.metadata.name && sample.container === name),
      })),
    ),
  );
  const missing = baseline.deployments.filter(({ name }) => podsOf(state, name).length === 0);
  return Promise.resolve(judgeUse(uses, { quick, missing: missing.map(({ name }) => name) }));
}

export function judgeUse(
  uses: readonly ContainerUse[],
  { quick, missing }: { quick: boolean; missing: string[] },
): Finding {
  const problems = uses.flatMap((use) => problemsOf(use, quick));
  if (problems.length > 0) return finding('fail', problems.join('; '), meaning);
  if (missing.length > 0) return finding('fail', `no pods of ${missing.join(', ')}`, meaning);
  const unmeasured = uses.filter(({ samples }) => samples.length === 0);
  if (unmeasured.length > 0) {
    return finding('undetermined', `no figures for ${unmeasured.map(({ name }) => name).join(', ')}`, meaning);
  }
  const highest = Math.max(...uses.map(cpuShare));
  const observed = `CPU at most ${Math.round(highest * 100)} % of its limit`;
  return finding(
    'pass',
    quick ? `${observed}; too short a look to see memory climb` : `${observed}, memory stable`,
    meaning,
  );
}

function problemsOf(use: ContainerUse, quick: boolean): string[] {
  const { name, limits, samples } = use;
  const memoryLimit = parseQuantity(limits.memory);
  if (!parseQuantity(limits.cpu) || !memoryLimit) return [`${name} has no limit on ${memoryLimit ? 'CPU' : 'memory'}`];
  const last = samples.at(-1);
  if (!last) return [];
  const share = cpuShare(use);
  if (share >= maxCpuShare) return [`${name} uses ${Math.round(share * 100)} % of its CPU limit`];
  const nearLimit = last.memoryBytes > memoryLimit * maxMemoryShare;
  if (nearLimit) return [`${name} uses ${mebibytes(last.memoryBytes)} of ${limits.memory}`];
  return !quick && climbs(use, memoryLimit) ? [`${name}'s memory climbs, now ${mebibytes(last.memoryBytes)}`] : [];
}

function cpuShare({ limits, samples, startedAtMs }: ContainerUse): number {
  const settled = samples.filter(({ atMs }) => !(atMs - startedAtMs < startUpMs));
  return mean(settled.map(({ cpuCores }) => cpuCores)) / (parseQuantity(limits.cpu) ?? Infinity);
}

/**
 * Only the window's last quarter counts: caches and sessions fill up after a start, and then stop growing. Of the steps
 * from one figure to the next the middle one counts: a heap that takes another few pages jumps once and stays there.
 */
function climbs({ samples, startedAtMs }: ContainerUse, limitBytes: number): boolean {
  // A metrics server repeats a figure until it has measured again.
  const figures = samples.filter(({ memoryBytes }, index) => memoryBytes !== samples[index - 1]?.memoryBytes);
  const lateFrom = Math.max(0, figures.length - Math.max(4, Math.ceil(figures.length / 4)));
  const bytesPerMs = usualPace(figures.slice(lateFrom));
  const last = figures.at(-1);
  if (!last || bytesPerMs <= 0) return false;
  const isYoung = last.atMs - startedAtMs < warmUpMs;
  if (isYoung && bytesPerMs < slowedDown * usualPace(figures.slice(0, lateFrom + 1))) return false;
  return (limitBytes - last.memoryBytes) / bytesPerMs < minRunwayMs;
}

/** In bytes a millisecond. */
function usualPace(figures: readonly UsageSample[]): number {
  const paces = figures.slice(1).map((to, index) => pace(figures[index] ?? to, to));
  return percentile(paces, 0.5) ?? 0;
}

function pace(from: UsageSample, to: UsageSample): number {
  return (to.memoryBytes - from.memoryBytes) / (to.atMs - from.atMs);
}
