import type { z } from 'zod';
import type { CheckContext, WindowContext } from '../check.ts';
import type { CheckSpec } from '../grading-plan.ts';
import type { Finding } from '../verdict.ts';
import { authStillWorks } from './auth-still-works.ts';
import { autoscaler } from './autoscaler.ts';
import { canaryOrders } from './canary-orders.ts';
import { componentAnswers } from './component-answers.ts';
import { databasePassword } from './database-password.ts';
import { deadlines } from './deadlines.ts';
import { dependencyUrl } from './dependency-url.ts';
import { entranceAnswers } from './entrance-answers.ts';
import { evenLoad } from './even-load.ts';
import { followsNames } from './follows-names.ts';
import { guardrails } from './guardrails.ts';
import { livenessProbe } from './liveness-probe.ts';
import { logs } from './logs.ts';
import { memoryPerOrder } from './memory-per-order.ts';
import { memoryUnderLoad } from './memory-under-load.ts';
import { onlyReaches } from './only-reaches.ts';
import { orders } from './orders.ts';
import { podLoss } from './pod-loss.ts';
import { podsHealthy, podsStable } from './pods-stable.ts';
import { priceChanges } from './price-changes.ts';
import { promptAnswers } from './prompt-answers.ts';
import { quickReads } from './quick-reads.ts';
import { readiness } from './readiness.ts';
import { replicasWithinQuota } from './replicas-within-quota.ts';
import { requestLog } from './request-log.ts';
import { resources } from './resources.ts';
import { retries } from './retries.ts';
import { routes } from './routes.ts';
import { runsRelease } from './runs-release.ts';
import { serviceAnswers } from './service-answers.ts';
import { serviceEndpoints } from './service-endpoints.ts';
import { sharedSessions } from './shared-sessions.ts';
import { startPatience } from './start-patience.ts';
import { steadyAnswers } from './steady-answers.ts';
import { survivesRefusals } from './survives-refusals.ts';
import { traces } from './traces.ts';
import { trafficHistory } from './traffic-history.ts';

/** Every kind of question, by the name that scenarios use. */
export const checks = {
  'auth-still-works': authStillWorks,
  autoscaler,
  'canary-orders': canaryOrders,
  'component-answers': componentAnswers,
  'database-password': databasePassword,
  deadlines,
  'dependency-url': dependencyUrl,
  'entrance-answers': entranceAnswers,
  'even-load': evenLoad,
  'follows-names': followsNames,
  guardrails,
  'liveness-probe': livenessProbe,
  logs,
  'memory-per-order': memoryPerOrder,
  'memory-under-load': memoryUnderLoad,
  'only-reaches': onlyReaches,
  orders,
  'pod-loss': podLoss,
  'pods-healthy': podsHealthy,
  'pods-stable': podsStable,
  'price-changes': priceChanges,
  'prompt-answers': promptAnswers,
  'quick-reads': quickReads,
  readiness,
  'replicas-within-quota': replicasWithinQuota,
  'request-log': requestLog,
  resources,
  retries,
  routes,
  'runs-release': runsRelease,
  'service-answers': serviceAnswers,
  'service-endpoints': serviceEndpoints,
  'shared-sessions': sharedSessions,
  'start-patience': startPatience,
  'steady-answers': steadyAnswers,
  'survives-refusals': survivesRefusals,
  traces,
  'traffic-history': trafficHistory,
};

export type Phase = 'during' | 'after' | 'perturbing';

/** A question with its parameters read, ready to be put. */
export interface PreparedCheck {
  kind: string;
  phase: Phase;
  run(context: CheckContext | WindowContext): Promise<Finding>;
}

/** @throws Error when there is no such kind, or its parameters are wrong */
export function prepareCheck({ kind, params }: CheckSpec): PreparedCheck {
  if (!Object.hasOwn(checks, kind)) throw new Error(`there is no check "${kind}"`);
  // The map knows each check's own parameters; from here on they are read by the check's own schema.
  const check = checks[kind as keyof typeof checks] as unknown as {
    phase: Phase;
    params: z.ZodType;
    run(params: unknown, context: CheckContext | WindowContext): Promise<Finding>;
  };
  const read = check.params.safeParse(params);
  if (!read.success)
    throw new Error(
      `check "${kind}": ${read.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ')}`,
    );
  return { kind, phase: check.phase, run: (context) => check.run(read.data, context) };
}
