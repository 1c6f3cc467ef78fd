import { z } from 'zod';
import { collectionPath } from '../../lib/kube/paths.ts';
import { defineCheck, finding, type CheckContext, type Meaning } from '../check.ts';
import { parseQuantity } from '../quantity.ts';
import { deploymentOf, isReady, podsOf, type State } from '../state.ts';
import type { Finding } from '../verdict.ts';

const params = z.strictObject({
  deployment: z.string(),
  replicas: z.int().min(1),
  /** What a quota of the namespace must go on limiting, as `requests.cpu`. */
  resource: z.string(),
  /** A higher limit than this is none. */
  max: z.string(),
});
type Params = z.infer<typeof params>;

export interface Quota {
  metadata: { name: string };
  spec?: { hard?: Record<string, string> };
}

/** All replicas that were asked for are there, and the namespace still has its bounds. */
export const replicasWithinQuota = defineCheck<Params>({ phase: 'after', params, run });

async function run(given: Params, { kube, namespace, state }: CheckContext): Promise<Finding> {
  return judgeQuota(given, state, await kube.list<Quota>(collectionPath('v1', 'ResourceQuota', namespace)));
}

export function judgeQuota(
  { deployment: name, replicas, resource, max }: Params,
  state: State,
  quotas: readonly Quota[],
): Finding {
  const meaning: Meaning = {
    expected: `${replicas} ready pods of ${name}, in a namespace whose quota still bounds it`,
    why: 'fewer than planned do not carry what was planned, and a namespace without bounds takes from all the others',
    where: `the events of ${name}'s ReplicaSet, and kubectl describe resourcequota`,
  };
  const bounds = quotas.flatMap(({ spec }) => parseQuantity(spec?.hard?.[resource]) ?? []);
  if (bounds.length === 0) return finding('fail', `no quota of the namespace bounds ${resource} any more`, meaning);
  const least = Math.min(...bounds);
  if (least > (parseQuantity(max) ?? 0))
    return finding('fail', `${resource} is bounded at ${least}, far too high`, meaning);
  const wanted = deploymentOf(state, name)?.spec.replicas ?? 0;
  const ready = podsOf(state, name).filter(isReady).length;
  return wanted < replicas || ready < replicas
    ? finding('fail', `${ready} ready pods of ${name}, ${wanted} wanted, ${replicas} needed`, meaning)
    : finding('pass', `${ready} ready pods, and ${resource} is bounded at ${least}`, meaning);
}
