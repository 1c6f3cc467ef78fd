import { z } from 'zod';
import { blockedBy, defineCheck, finding, type CheckContext, type Meaning } from '../check.ts';
import { askUntil, pickPod } from '../component.ts';
import { answerOf } from '../proxy.ts';
import type { Finding } from '../verdict.ts';

const params = z.strictObject({ deployment: z.string(), port: z.int() });
type Params = z.infer<typeof params>;

const meaning: Meaning = {
  expected: 'every order from before the incident is still there, with its total',
  why: 'a repair that loses data is worse than the outage',
  where: 'the name of the database, its data volume, and what its log says when it opens the file',
};

/** Orders that were placed while all was well are still in the database. */
export const canaryOrders = defineCheck<Params>({ phase: 'after', params, run });

async function run({ deployment, port }: Params, context: CheckContext): Promise<Finding> {
  const picked = pickPod(context.state, deployment);
  if ('problem' in picked) return blockedBy(deployment, picked.problem, meaning);
  const pod = picked.pod.metadata.name;
  for (const { id, totalCents } of context.baseline.canaries) {
    const isHere = (total: unknown): boolean => total === totalCents;
    const answer = await askUntil(context, { pod, port, path: `/orders/${id}` }, (one) => one.status !== 500);
    if (answer.status === 200 && isHere(answer.json<{ totalCents?: number }>().totalCents)) continue;
    if (answer.status === 200 || answer.status === 404) {
      return finding('fail', `order ${id} of the time before: ${answerOf(answer)}`, meaning);
    }
    return blockedBy(deployment, answerOf(answer), meaning);
  }
  return finding('pass', `all ${context.baseline.canaries.length} orders of the time before are there`, meaning);
}
