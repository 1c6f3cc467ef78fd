import type { Clock } from '../lib/clock.ts';
import type { Kube } from '../lib/kube/kube.ts';
import type { WindowContext } from './check.ts';
import { prepareCheck } from './checks/index.ts';
import type { KeptEvidence } from './bundle.ts';
import { judgeParts, totalOf } from './judge-parts.ts';
import type { CheckSpec, GradingPlan } from './grading-plan.ts';
import type { CheckResult, Verdict } from './verdict.ts';

export interface Rejudgement {
  /** Answers that the evidence alone gives again. */
  rejudged: number;
  /** Answers that needed a living cluster, and are taken as they were written down. */
  recorded: number;
  /** Where the verdict says something else than its evidence, each in a sentence. */
  contradictions: string[];
}

/** Judges again, with the same functions, everything for which the evidence is enough; asks nobody. */
export async function rejudge(verdict: Verdict, evidence: KeptEvidence, plan: GradingPlan): Promise<Rejudgement> {
  const { specs, results } = pairUp(verdict, plan);
  if (results.some((result) => result === undefined)) {
    return { rejudged: 0, recorded: 0, contradictions: ['The verdict does not answer the questions of its scenario.'] };
  }
  const answers = new Map<CheckSpec, CheckResult>();
  const contradictions: string[] = [];
  let rejudged = 0;
  for (const [index, spec] of specs.entries()) {
    const recorded = results[index] as CheckResult;
    const again = await askEvidence(spec, evidence, verdict.quick);
    if (again) rejudged++;
    if (again && again.verdict !== recorded.verdict) {
      contradictions.push(
        `${spec.kind}: the verdict says ${recorded.verdict}, its evidence ${again.verdict} (${again.observed}).`,
      );
    }
    answers.set(spec, again ?? recorded);
  }
  const parts = judgeParts(plan, (spec) => answers.get(spec) as CheckResult);
  const total = totalOf(plan, parts, verdict.hintsUsed);
  if (total.score !== verdict.score || total.verdict !== verdict.verdict) {
    contradictions.push(
      `The verdict says ${verdict.verdict} with ${verdict.score} points; its answers make ${total.verdict} with ${total.score}.`,
    );
  }
  return { rejudged, recorded: specs.length - rejudged, contradictions };
}

function pairUp(verdict: Verdict, plan: GradingPlan): { specs: CheckSpec[]; results: (CheckResult | undefined)[] } {
  const planned = [...plan.issues, ...plan.criteria];
  const judged = new Map([...verdict.issues, ...verdict.criteria].map((part) => [part.id, part.checks]));
  const specs = planned.flatMap(({ checks }) => checks);
  const results = planned.flatMap(({ id, checks }) =>
    checks.map((spec, index) => {
      const result = judged.get(id)?.[index];
      return result?.kind === spec.kind ? result : undefined;
    }),
  );
  return { specs, results };
}

/** A check's answer from the evidence; undefined when it wants to ask the cluster or the shop. */
async function askEvidence(spec: CheckSpec, evidence: KeptEvidence, quick: boolean): Promise<CheckResult | undefined> {
  if (!evidence.observed) return undefined;
  const { state, window } = evidence.observed;
  let hasAsked = false;
  const refuse = (): never => {
    hasAsked = true;
    throw new Error('there is nobody to ask');
  };
  const nobody: ProxyHandler<object> = { get: refuse };
  const context: WindowContext = {
    kube: new Proxy({}, nobody) as Kube,
    namespace: 'nowhere',
    labNamespace: 'nowhere',
    entranceUrl: 'http://nowhere.invalid',
    baseline: evidence.baseline,
    quick,
    clock: stopped(window.endedAtMs),
    // Already aborted: who asks over HTTP without the cluster's API is stopped as well.
    signal: AbortSignal.abort(new Error('there is nobody to ask')),
    runId: evidence.runId,
    state,
    perturb: refuse,
    window,
  };
  try {
    const found = await prepareCheck(spec).run(context);
    return hasAsked ? undefined : { kind: spec.kind, ...found };
  } catch {
    return undefined;
  }
}

function stopped(atMs: number): Clock {
  return { now: () => atMs, setTimeout: () => ({ cancel: () => {} }) };
}
