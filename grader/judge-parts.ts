import type { CheckSpec, GradingPlan, PlannedIssue } from './grading-plan.ts';
import { scoreOf, type Score } from './score.ts';
import { worst, type Answer, type CheckResult, type CriterionVerdict, type IssueVerdict } from './verdict.ts';

/** The parts of a verdict, each with the answers that decide it. */
export interface Parts {
  issues: IssueVerdict[];
  criteria: CriterionVerdict[];
}

/** Puts the answers together to issues and criteria. */
export function judgeParts(plan: GradingPlan, resultOf: (spec: CheckSpec) => CheckResult): Parts {
  return {
    issues: plan.issues.map((issue, index) => judgeIssue(issue, index + 1, issue.checks.map(resultOf))),
    criteria: plan.criteria.map((criterion) => judgeCriterion(criterion, criterion.checks.map(resultOf))),
  };
}

export function totalOf(
  plan: GradingPlan,
  { issues, criteria }: Parts,
  hintsUsed: number,
): Score & { verdict: Answer; hintsUsed: number } {
  const parts = [...issues, ...criteria];
  const verdict = worst(parts.map((part) => part.verdict));
  return { verdict, hintsUsed, ...scoreOf(parts, { used: hintsUsed, cost: plan.hintCost }) };
}

function judgeIssue(issue: PlannedIssue, number: number, checked: CheckResult[]): IssueVerdict {
  const { id, title, complaint, component, cause, points: maxPoints } = issue;
  const verdict = worst(checked.map((result) => result.verdict));
  const points = verdict === 'pass' ? maxPoints : 0;
  return { number, id, title, complaint, component, verdict, points, maxPoints, checks: checked, cause };
}

function judgeCriterion(criterion: GradingPlan['criteria'][number], checked: CheckResult[]): CriterionVerdict {
  const { id, title, points: maxPoints } = criterion;
  const verdict = worst(checked.map((result) => result.verdict));
  const decisive = checked.find((result) => result.verdict === verdict) ?? checked[0];
  const { observed = '', expected = '' } = decisive ?? {};
  const points = verdict === 'pass' ? maxPoints : 0;
  return { id, title, verdict, points, maxPoints, observed, expected, checks: checked };
}
