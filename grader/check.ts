import type { z } from 'zod';
import type { Clock } from '../lib/clock.ts';
import type { Kube } from '../lib/kube/kube.ts';
import type { Baseline } from './baseline.ts';
import type { State } from './state.ts';
import type { Answer, Finding } from './verdict.ts';
import type { Window } from './window.ts';

/** What a check can ask. */
export interface CheckContext {
  kube: Kube;
  namespace: string;
  /** Where the stand-in and the store of traces are. */
  labNamespace: string;
  entranceUrl: string;
  baseline: Baseline;
  quick: boolean;
  clock: Clock;
  signal: AbortSignal;
  /** Names this run; part of everything that it puts into the cluster. */
  runId: string;
  /** The namespace as it stood when the check's phase began. */
  state: State;
  /** Why the lab's own workloads can't be relied on, if so. */
  alteredLab?: string;
  /** Notes something that is changed for a question, and how it is put back; in the shop itself, or beside it. */
  perturb(what: string, undo: () => Promise<void>, inShop?: boolean): void;
}

export interface WindowContext extends CheckContext {
  window: Window;
}

/**
 * One kind of question.
 * `during`: asked while the window runs; what is treated badly is a copy. `after`: asked when it has ended.
 * `perturbing`: disturbs the shop itself; asked last, one at a time.
 */
export type Check<P> =
  | { phase: 'during'; params: z.ZodType<P>; run(params: P, context: CheckContext): Promise<Finding> }
  | { phase: 'after' | 'perturbing'; params: z.ZodType<P>; run(params: P, context: WindowContext): Promise<Finding> };

/** A check that keeps the type of its parameters between the schema and the function. */
export function defineCheck<P>(check: Check<P>): Check<P> {
  return check;
}

/** The part of a finding that a check's own text table holds, the same whatever the answer. */
export type Meaning = Pick<Finding, 'expected' | 'why' | 'where'>;

/** @param cause what is behind it, when the grader has seen that; kept from the trainee until the issue is repaired */
export function finding(verdict: Answer, observed: string, meaning: Meaning, cause?: string): Finding {
  return { verdict, observed, ...meaning, ...(cause !== undefined && { cause }) };
}

/** A question that could not be put, since something else that it needs is broken. */
export function blockedBy(component: string, observed: string, meaning: Meaning): Finding {
  return finding('undetermined', `blocked by ${component}: ${observed}`, meaning);
}
