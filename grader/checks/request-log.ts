import { z } from 'zod';
import { toTimestamp } from '../../lib/clock.ts';
import { blockedBy, defineCheck, finding, type CheckContext, type Meaning } from '../check.ts';
import { pickPod } from '../component.ts';
import { answerOf, askPod } from '../proxy.ts';
import type { Finding } from '../verdict.ts';

const params = z.strictObject({
  deployment: z.string(),
  port: z.int(),
  path: z.string(),
  /** What is sent; `$secret` stands for a word that no log may ever show. */
  body: z.record(z.string(), z.unknown()),
});
type Params = z.infer<typeof params>;

const maxLines = 2_000;
/** Clocks of nodes and of this machine may differ a little. */
const slackMs = 5_000;

/** A request leaves a line in the component's log, and nothing in it that is secret. */
export const requestLog = defineCheck<Params>({ phase: 'after', params, run });

async function run({ deployment, port, path, body }: Params, context: CheckContext): Promise<Finding> {
  const { kube, namespace, signal, clock, runId } = context;
  const meaning: Meaning = {
    expected: `a request to ${deployment} can be found in its log by its id, and what is secret can't`,
    why: 'what leaves no line cannot be explained afterwards, and a password in a log has been given away',
    where: `kubectl logs deployment/${deployment}, compared with another service's, and what decides how much it says`,
  };
  const picked = pickPod(context.state, deployment);
  if ('problem' in picked) return blockedBy(deployment, picked.problem, meaning);
  const pod = picked.pod.metadata.name;
  const id = `log-${runId}-${Math.random().toString(36).slice(2, 10)}`;
  const secret = `s${Math.random().toString(36).slice(2)}`;
  const sinceTime = toTimestamp(clock.now() - slackMs);
  const filled = JSON.parse(JSON.stringify(body).replaceAll('$secret', secret)) as unknown;
  const headers = { 'x-request-id': id };
  const answer = await askPod(kube, { namespace, pod, port, method: 'POST', path, body: filled, headers, signal });
  if (answer.status === null) return blockedBy(deployment, answerOf(answer), meaning);
  const log = await kube.logs(namespace, pod, { container: deployment, sinceTime, tailLines: maxLines });
  return judgeLog(log, { id, secret }, meaning);
}

export function judgeLog(log: string, { id, secret }: { id: string; secret: string }, meaning: Meaning): Finding {
  if (log.includes(secret)) return finding('fail', 'the password of a sign-in can be read in the log', meaning);
  return log.includes(id)
    ? finding('pass', 'the request is in the log, and the password is not', meaning)
    : finding('fail', 'a request that was answered left no line in the log', meaning);
}
