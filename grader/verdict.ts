/** The three answers. What the grader or the engine could not find out is never a pass and never a fail. */
export type Answer = 'pass' | 'fail' | 'undetermined';

/** What one question to the system brought to light. */
export interface Finding {
  verdict: Answer;
  /** What was seen, in the system's own words and figures. */
  observed: string;
  expected: string;
  /** Why it matters to the people who use the shop. */
  why: string;
  /** Where to look next; never what to do. */
  where: string;
}

export interface CheckResult extends Finding {
  kind: string;
}

export interface IssueVerdict {
  id: string;
  title: string;
  component: string;
  verdict: Answer;
  points: number;
  maxPoints: number;
  checks: CheckResult[];
}

export interface CriterionVerdict {
  id: string;
  title: string;
  verdict: Answer;
  points: number;
  maxPoints: number;
  observed: string;
  expected: string;
  checks: CheckResult[];
}

export interface OrderFigures {
  sent: number;
  succeeded: number;
  p50Ms: number | null;
  p95Ms: number | null;
  maxMs: number | null;
}

/** Something that the grader changed in the cluster for a question. */
export interface Perturbation {
  what: string;
  undone: boolean;
}

/** A grading run, as `grade --json` prints it. */
export interface Verdict {
  scenario: string;
  engine: string;
  seed: string | null;
  quick: boolean;
  windowS: number;
  verdict: Answer;
  score: number;
  maxScore: number;
  startedAt: string;
  finishedAt: string;
  issues: IssueVerdict[];
  criteria: CriterionVerdict[];
  orders: OrderFigures;
  hintsUsed: number;
  hintPenalty: number;
  times: { detectS: number | null; diagnoseS: number | null; mitigateS: number | null; resolveS: number | null };
  perturbations: Perturbation[];
}

/** A whole is as good as its worst part; a failed part outweighs one that could not be judged. */
export function worst(answers: readonly Answer[]): Answer {
  if (answers.includes('fail')) return 'fail';
  return answers.length === 0 || answers.includes('undetermined') ? 'undetermined' : 'pass';
}
