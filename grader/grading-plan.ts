/** One question, by the kind of check that puts it. */
export interface CheckSpec {
  kind: string;
  params: Record<string, unknown>;
}

/** One issue that was injected. */
export interface PlannedIssue {
  id: string;
  /** For those who have repaired it. */
  title: string;
  /** What a customer or an alert says; gives nothing away. */
  complaint: string;
  component: string;
  /** For those who have repaired it. */
  cause: string;
  points: number;
  checks: readonly CheckSpec[];
  /** What a right diagnosis says. */
  answer: { component: string; kind: string; synonyms: readonly string[] };
}

/** What to judge: issues that were injected, and what must hold for the whole. */
export interface GradingPlan {
  scenario: string;
  issues: readonly PlannedIssue[];
  criteria: readonly { id: string; title: string; points: number; checks: readonly CheckSpec[] }[];
  /** Points that one opened hint costs. */
  hintCost: number;
}
