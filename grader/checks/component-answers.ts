import { z } from 'zod';
import { defineCheck, finding, type CheckContext, type Meaning } from '../check.ts';
import { askUntil, pickPod } from '../component.ts';
import { answerOf } from '../proxy.ts';
import type { Finding } from '../verdict.ts';

const params = z.strictObject({
  deployment: z.string(),
  port: z.int(),
  requests: z
    .array(
      z.strictObject({
        method: z.enum(['GET', 'POST']).default('GET'),
        /** `$nonce` stands for a word that no one could foresee, the same in all requests. */
        path: z.string(),
        body: z.record(z.string(), z.unknown()).optional(),
        status: z.int().default(200),
        contains: z.string().optional(),
      }),
    )
    .min(1),
});
type Params = z.infer<typeof params>;

/** The component does its own work, whatever is broken around it. */
export const componentAnswers = defineCheck<Params>({ phase: 'after', params, run });

async function run({ deployment, port, requests }: Params, context: CheckContext): Promise<Finding> {
  const meaning: Meaning = {
    expected: `a running pod of ${deployment} that does its work when it is asked directly`,
    why: `without ${deployment} the part of each order that it is there for does not happen`,
    where: `kubectl describe pod and kubectl logs of ${deployment}, also with --previous`,
  };
  const picked = pickPod(context.state, deployment);
  if ('problem' in picked) return finding('fail', picked.problem, meaning);
  const nonce = `n${context.runId}${Math.random().toString(36).slice(2, 10)}`;
  const fill = (text: string): string => text.replaceAll('$nonce', nonce);
  const pod = picked.pod.metadata.name;
  for (const { method, path, body, status, contains } of requests) {
    const filled = body && (JSON.parse(fill(JSON.stringify(body))) as unknown);
    const question = { method, path: fill(path), ...(filled !== undefined && { body: filled }) };
    const answer = await askUntil(
      context,
      { pod, port, ...question },
      (one) => one.status === status && (contains === undefined || one.text.includes(fill(contains))),
    );
    const isRight = answer.status === status && (contains === undefined || answer.text.includes(fill(contains)));
    if (!isRight) return finding('fail', `${pod} to ${method} ${path}: ${answerOf(answer)}`, meaning);
  }
  return finding('pass', `${pod} answers as it should`, meaning);
}
