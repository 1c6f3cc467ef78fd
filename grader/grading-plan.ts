/** One question, by the kind of check that puts it. */
export interface CheckSpec {
  kind: string;
  params: Record<string, unknown>;
}

/** What to judge: issues that were injected, and what must hold for the whole. */
export interface GradingPlan {
  scenario: string;
  issues: readonly { id: string; title: string; component: string; points: number; checks: readonly CheckSpec[] }[];
  criteria: readonly { id: string; title: string; points: number; checks: readonly CheckSpec[] }[];
  /** Points that one opened hint costs. */
  hintCost: number;
}
