import { cameAbout } from '../../grader/came-about.ts';
import { scoreDiagnosis } from '../../grader/diagnosis.ts';
import type { GradingPlan } from '../../grader/grading-plan.ts';
import { timesOf, type Deed } from '../../grader/times.ts';
import type { Verdict } from '../../grader/verdict.ts';
import type { Found } from './findings.ts';
import { answeredAt } from './history.ts';
import { componentOf, isChange, isRollBack, type TrailEntry, type TrailSource } from './trail.ts';

/** What people did and wrote in this lab, beside what the grader sees. */
export interface LabRecord {
  handedOverAtMs: number;
  trail: readonly TrailEntry[];
  source: TrailSource;
  findings: readonly (Found & { at: string })[];
  /** Earlier gradings. */
  history: readonly Verdict[];
}

/** Adds to a verdict what the cluster can't tell: the diagnosis, the times, and how repairs came about. */
export function assess(verdict: Verdict, plan: GradingPlan, record: LabRecord): Verdict {
  const { handedOverAtMs, trail, source, findings, history } = record;
  const diagnosed = findings.map(({ component, kind, at }) => ({ component, kind, atMs: Date.parse(at) }));
  const diagnosis = scoreDiagnosis(plan.issues, diagnosed, answeredAt(history));
  const right = diagnosed.filter((one) =>
    scoreDiagnosis(plan.issues, [one], answeredAt(history)).issues.some(({ kind, late }) => kind && !late),
  );
  const deeds: Deed[] = [
    ...trail.map((entry) => ({
      atMs: entry.atMs,
      kind: isChange(entry) ? ('change' as const) : ('look' as const),
      component: componentOf(entry),
      isRollBack: isRollBack(entry),
    })),
    ...diagnosed.map(({ atMs }) => ({ atMs, kind: 'finding' as const })),
  ];
  const seen = [...history, verdict].map((one) => ({
    atMs: Date.parse(one.startedAt),
    verdict: one.verdict,
    issues: one.issues,
  }));
  const times = timesOf(
    handedOverAtMs,
    deeds,
    seen,
    right.map(({ atMs }) => atMs),
  );
  const issues = verdict.issues.map((issue) => {
    const how = issue.verdict === 'pass' ? cameAbout(issue, deeds, seen) : undefined;
    return how ? { ...issue, cameAbout: how } : issue;
  });
  return { ...verdict, issues, times, timesFrom: source, diagnosis };
}
