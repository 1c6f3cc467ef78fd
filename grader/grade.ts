import { randomBytes } from 'node:crypto';
import { systemClock, type Clock } from '../lib/clock.ts';
import { connectKube, type Kube } from '../lib/kube/kube.ts';
import type { Baseline } from './baseline.ts';
import type { CheckContext, WindowContext } from './check.ts';
import { prepareCheck, type Phase, type PreparedCheck } from './checks/index.ts';
import { readGuards } from './guards.ts';
import { alteredLabWorkload } from './lab-workloads.ts';
import type { CheckSpec, GradingPlan } from './grading-plan.ts';
import { Perturbations } from './perturbations.ts';
import { removeCopies } from './private-copy.ts';
import { judgeParts, totalOf } from './judge-parts.ts';
import { sampleTrace, type Evidence } from './evidence.ts';
import { awaitSettled } from './settle.ts';
import { readState } from './state.ts';
import { percentile } from './statistics.ts';
import type { CheckResult, OrderFigures, Verdict } from './verdict.ts';
import { watchWindow, type Window } from './window.ts';

export interface GradeOptions {
  kubeconfigPath: string;
  context?: string;
  namespace: string;
  /** Where the stand-in and the store of traces are; default: `lab-system`. */
  labNamespace?: string;
  /** The shop's public address, such as `http://localhost:8080`. */
  entranceUrl: string;
  baseline: Baseline;
  plan: GradingPlan;
  /** Copied into the verdict. */
  engine: string;
  seed?: string;
  hintsUsed?: number;
  /** A short look instead of the full stability window; the verdict says so. */
  quick?: boolean;
  /** Length of the window in milliseconds. Default: 120 s, or 4 s when quick. */
  windowMs?: number;
  clock?: Clock;
  signal?: AbortSignal;
  /** Told in a few words what is being done. */
  onProgress?: (message: string) => void;
}

const windowMs = { full: 120_000, quick: 4_000 };

interface Run {
  kube: Kube;
  clock: Clock;
  /** The hour as this machine tells it. */
  wall: Clock;
  signal: AbortSignal;
  quick: boolean;
  windowMs: number;
  runId: string;
  perturbations: Perturbations;
}

/**
 * Judges the system from outside, and keeps what it went by. Whatever a trainee or the engine does ends up in the verdict and is not thrown.
 * @throws Error when the kubeconfig cannot be read or the plan asks for a check that does not exist; the signal's reason
 */
export async function grade(options: GradeOptions): Promise<{ verdict: Verdict; evidence: Evidence }> {
  const wall = options.clock ?? systemClock;
  const clock = steady(wall);
  const quick = options.quick ?? false;
  const startedAt = timeOf(clock);
  const prepared = prepareAll(options.plan);
  await using kube = await connectKube(options);
  const run: Run = {
    kube,
    clock,
    wall,
    quick,
    signal: options.signal ?? new AbortController().signal,
    windowMs: options.windowMs ?? windowMs[quick ? 'quick' : 'full'],
    runId: randomBytes(4).toString('hex'),
    perturbations: new Perturbations(),
  };
  await cleanUp(options).catch(() => undefined);
  let results: Map<PreparedCheck, CheckResult>;
  let observed: Evidence['observed'];
  let trace: Evidence['trace'];
  let perturbations: Verdict['perturbations'] = [];
  try {
    ({ results, observed, trace } = await putQuestions([...prepared.values()], run, options));
  } finally {
    perturbations = await run.perturbations.undoAll();
  }
  const resultOf = (spec: CheckSpec): CheckResult =>
    results.get(prepared.get(keyOf(spec)) as PreparedCheck) as CheckResult;
  const { plan, baseline } = options;
  const evidence: Evidence = { runId: run.runId, plan, baseline, observed, trace };
  const parts = judgeParts(plan, resultOf);
  const verdict: Verdict = {
    scenario: plan.scenario,
    engine: options.engine,
    seed: options.seed ?? null,
    quick,
    windowS: Math.round(run.windowMs / 1000),
    ...parts,
    ...totalOf(plan, parts, options.hintsUsed ?? 0),
    startedAt,
    finishedAt: timeOf(clock),
    orders: figuresOf(observed?.window),
    times: { detectS: null, diagnoseS: null, mitigateS: null, resolveS: null },
    perturbations,
  };
  return { verdict, evidence };
}

/** Removes what an interrupted run left in the cluster. */
export async function cleanUp(options: Pick<GradeOptions, 'kubeconfigPath' | 'context' | 'namespace'>): Promise<void> {
  await using kube = await connectKube(options);
  await removeCopies(kube, options.namespace);
}

/** The same question is put once, however many issues ask it. */
function prepareAll({ issues, criteria }: GradingPlan): Map<string, PreparedCheck> {
  const specs = [...issues, ...criteria].flatMap((part) => part.checks);
  return new Map(specs.map((spec) => [keyOf(spec), prepareCheck(spec)]));
}

function keyOf({ kind, params }: CheckSpec): string {
  return `${kind} ${JSON.stringify(params)}`;
}

async function putQuestions(
  prepared: readonly PreparedCheck[],
  run: Run,
  options: GradeOptions,
): Promise<{ results: Map<PreparedCheck, CheckResult> } & Pick<Evidence, 'observed' | 'trace'>> {
  const results = new Map<PreparedCheck, CheckResult>();
  const ask = async (phase: Phase, context: CheckContext | WindowContext): Promise<void> => {
    const due = prepared.filter((check) => check.phase === phase);
    const put = async (check: PreparedCheck): Promise<void> => void results.set(check, await answer(check, context));
    if (phase !== 'perturbing') await Promise.all(due.map(put));
    else for (const check of due) await put(check);
  };
  const tell = options.onProgress ?? (() => {});
  try {
    const { namespace, entranceUrl, baseline } = options;
    await awaitSettled(run.kube, namespace, run);
    const before = await contextOf(run, options);
    tell(`watching the shop for ${Math.round(run.windowMs / 1000)} s, and placing orders`);
    const watched = watchWindow({ ...run, namespace, entranceUrl, baseline });
    // Also when watching has failed: a question that is still being put may leave something to undo.
    await Promise.allSettled([watched, ask('during', before)]);
    const window = await watched;
    tell('asking each component');
    const after = { ...(await contextOf(run, options)), window };
    await ask('after', after);
    await ask('perturbing', after);
    // An engine that died takes the shop along: then nothing that was seen speaks for or against anyone.
    await run.kube.request('GET', '/version');
    const trace = await sampleTrace(after, window).catch((error: Error) => ({ problem: error.message }));
    return { results, observed: { state: after.state, window }, trace };
  } catch (error) {
    run.signal.throwIfAborted();
    for (const check of prepared) results.set(check, unanswered(check, error));
    return { results, observed: null, trace: { problem: 'the cluster could not be asked' } };
  }
}

async function contextOf(run: Run, options: GradeOptions): Promise<CheckContext> {
  const { kube, clock, signal, quick, runId, perturbations } = run;
  const { namespace, labNamespace = 'lab-system', entranceUrl, baseline } = options;
  const seen = await readState(kube, namespace);
  const state = { ...seen, guards: await readGuards(kube, namespace, seen.deployments) };
  const alteredLab =
    baseline.labWorkloads && alteredLabWorkload(baseline.labWorkloads, await readState(kube, labNamespace));
  const perturb: CheckContext['perturb'] = (...noted) => perturbations.add(...noted);
  const context = { kube, namespace, labNamespace, entranceUrl, baseline, quick, clock, signal, runId, state, perturb };
  return { ...context, ...(alteredLab !== undefined && { alteredLab }) };
}

async function answer(check: PreparedCheck, context: CheckContext | WindowContext): Promise<CheckResult> {
  try {
    return { kind: check.kind, ...(await check.run(context)) };
  } catch (error) {
    context.signal.throwIfAborted();
    return unanswered(check, error);
  }
}

/** An error of the grader or the engine is nobody's fault in the shop. */
function unanswered({ kind }: PreparedCheck, error: unknown): CheckResult {
  return {
    kind,
    verdict: 'undetermined',
    observed: `the question could not be put: ${(error as Error).message}`,
    expected: 'an engine and a grader that can ask',
    why: 'what could not be looked at counts neither for nor against you',
    where: 'brokenprod status, then grade again',
  };
}

function figuresOf(window: Window | undefined): OrderFigures {
  const orders = window?.orders ?? [];
  const durations = orders.map(({ durationMs }) => durationMs);
  return {
    sent: orders.length,
    succeeded: orders.filter(({ id }) => id).length,
    p50Ms: percentile(durations, 0.5),
    p95Ms: percentile(durations, 0.95),
    maxMs: percentile(durations, 1),
  };
}

/** Someone who turns this machine's clock back in the middle of a grading must not keep it waiting. */
function steady(wall: Clock): Clock {
  const [fromMs, begun] = [wall.now(), performance.now()];
  return { ...wall, now: () => fromMs + Math.round(performance.now() - begun) };
}

function timeOf(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}
