import type { Clock } from '../lib/clock.ts';
import type { Baseline } from './baseline.ts';
import type { GradingPlan } from './grading-plan.ts';
import type { Verdict } from './verdict.ts';

export interface GradeOptions {
  kubeconfigPath: string;
  context?: string;
  namespace: string;
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
  /** Length of the window in milliseconds. Default: 120 s, or 6 s when quick. */
  windowMs?: number;
  clock?: Clock;
  signal?: AbortSignal;
  /** Told in a few words what is being done. */
  onProgress?: (message: string) => void;
}

/**
 * Judges the system from outside. Problems of the system are in the verdict; nothing that a trainee does throws.
 * @throws Error when the kubeconfig cannot be read or a check of the plan does not exist; the signal's reason
 */
export async function grade(options: GradeOptions): Promise<Verdict> {
  throw new Error(`grading ${options.plan.scenario} comes in a moment`);
}

/** Removes what an interrupted run left in the cluster. */
export async function cleanUp(options: Pick<GradeOptions, 'kubeconfigPath' | 'context' | 'namespace'>): Promise<void> {
  throw new Error(`cleaning ${options.namespace} comes in a moment`);
}
