import { answerOf, askService } from './proxy.ts';
import type { Baseline } from './baseline.ts';
import type { CheckContext } from './check.ts';
import type { GradingPlan } from './grading-plan.ts';
import { podWord, type State } from './state.ts';
import type { PodSample, Window } from './window.ts';

/** One step of an order on its way through the services. */
export interface TraceSpan {
  service: string;
  name: string;
  spanId: string;
  parentSpanId?: string | null;
  startMs: number;
  durationMs: number;
  status?: string;
}

/** Everything that a run went by and that can be kept: enough to judge again what needs no living cluster. */
export interface Evidence {
  runId: string;
  plan: GradingPlan;
  baseline: Baseline;
  /** Null when the cluster could not be read to the end. */
  observed: { state: State; window: Window } | null;
  /** The slowest order that came through, or why there is none. */
  trace: { traceId: string; spans: TraceSpan[] } | { problem: string };
}

const maxSpans = 200;

/** The way of the slowest order, for people to look at. */
export async function sampleTrace(
  { kube, labNamespace: namespace, signal }: CheckContext,
  window: Window,
): Promise<Evidence['trace']> {
  const slowest = window.orders
    .filter(({ id, traceId }) => id && traceId)
    .toSorted((one, other) => other.durationMs - one.durationMs)[0];
  if (!slowest?.traceId) return { problem: 'no order came through' };
  const { traceId } = slowest;
  const answer = await askService(kube, {
    namespace,
    service: 'telemetry',
    port: 4318,
    path: `/api/traces/${traceId}`,
    signal,
  });
  if (answer.status !== 200) return { problem: `the trace store: ${answerOf(answer)}` };
  const { spans = [] } = answer.json<{ spans?: TraceSpan[] }>();
  return { traceId, spans: spans.slice(0, maxSpans) };
}

/** A stretch of time in which a pod's condition did not change. */
export interface PodStretch {
  word: string;
  restarts: number;
  fromMs: number;
  toMs: number;
}

/** What each pod was like over the window, one row a pod. */
export function podTimeline(
  samples: readonly PodSample[],
  endedAtMs: number,
): { pod: string; stretches: PodStretch[] }[] {
  const rows = new Map<string, PodStretch[]>();
  samples.forEach(({ atMs, pods }, index) => {
    const toMs = samples[index + 1]?.atMs ?? endedAtMs;
    for (const pod of pods) {
      const stretches = rows.get(pod.metadata.name) ?? [];
      rows.set(pod.metadata.name, stretches);
      const word = pod.metadata.deletionTimestamp ? 'Terminating' : podWord(pod);
      const restarts = (pod.status?.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0);
      const last = stretches.at(-1);
      if (last && last.word === word && last.restarts === restarts && last.toMs === atMs) last.toMs = toMs;
      else stretches.push({ word, restarts, fromMs: atMs, toMs });
    }
  });
  return [...rows].map(([pod, stretches]) => ({ pod, stretches })).toSorted((a, b) => a.pod.localeCompare(b.pod));
}
