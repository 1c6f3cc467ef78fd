import { z } from 'zod';
import { blockedBy, defineCheck, finding, type CheckContext, type Meaning } from '../check.ts';
import { pickPod } from '../component.ts';
import { tryReplica, type ReplicaTrial } from '../replica-trial.ts';
import { deploymentOf, isReady, podsOf } from '../state.ts';
import type { Finding } from '../verdict.ts';

const meaning: Meaning = {
  expected: 'a replica that hangs is sent no more customers, whichever component it belongs to',
  why: 'without it one bad pod takes a share of all orders, for as long as nobody looks',
  where: 'the readiness probe of the component named here: what it asks, and whether a hanging pod could answer that',
};

/** A broken replica leaves the endpoints: tried on a copy of each component, one after the other. */
export const readiness = defineCheck<Record<string, never>>({ phase: 'during', params: z.strictObject({}), run });

async function run(_: Record<string, never>, context: CheckContext): Promise<Finding> {
  if (context.quick)
    return finding('pass', 'not tried in a quick look; the full grading lets a copy of each hang', meaning);
  const trials: [string, ReplicaTrial][] = [];
  for (const { name } of context.baseline.deployments) {
    const deployment = deploymentOf(context.state, name);
    if (!deployment) return finding('fail', `there is no Deployment ${name}`, meaning);
    const picked = pickPod(context.state, name);
    if ('problem' in picked) return finding('fail', picked.problem, meaning);
    if (!podsOf(context.state, name).some(isReady)) return blockedBy(name, 'no pod of it is ready', meaning);
    const service = context.state.services.find(({ metadata }) => metadata.name === name);
    trials.push([name, await tryReplica(deployment, service, context)]);
  }
  return judgeReadiness(trials);
}

export function judgeReadiness(trials: readonly (readonly [string, ReplicaTrial])[]): Finding {
  const stayed = trials.filter(([, { joinedMs, leftMs }]) => joinedMs !== null && leftMs === null);
  if (stayed.length > 0) {
    return finding(
      'fail',
      `a hanging copy of ${stayed.map(([name]) => name).join(', ')} was still sent customers`,
      meaning,
    );
  }
  const [outside] = trials.find(([, { joinedMs }]) => joinedMs === null) ?? [];
  if (outside !== undefined) return blockedBy(outside, 'a ready copy of it did not become an endpoint', meaning);
  const slowestMs = Math.max(...trials.map(([, { leftMs }]) => leftMs ?? 0));
  return finding(
    'pass',
    `hanging copies of ${trials.length} components left within ${(slowestMs / 1000).toFixed(1)} s`,
    meaning,
  );
}
