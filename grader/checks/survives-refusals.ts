import { z } from 'zod';
import { defineCheck, finding, type CheckContext, type Meaning } from '../check.ts';
import { pickPod } from '../component.ts';
import { startCopy } from '../private-copy.ts';
import { answerOf, askPod, type ComponentAnswer } from '../proxy.ts';
import { deploymentOf } from '../state.ts';
import type { Finding } from '../verdict.ts';

const params = z.strictObject({
  deployment: z.string(),
  port: z.int(),
  /** A request that is refused with 404. */
  refused: z.string(),
  /** A request that must go on being answered 200. */
  path: z.string(),
  requests: z.int().min(10).max(1_000),
});
type Params = z.infer<typeof params>;

const atOnce = 8;

/** The component takes many requests that it must refuse, and then serves as before. */
export const survivesRefusals = defineCheck<Params>({ phase: 'during', params, run });

async function run(given: Params, context: CheckContext): Promise<Finding> {
  const { deployment: name, port, refused, path, requests } = given;
  const meaning: Meaning = {
    expected: `after ${requests} requests that ${name} must refuse, it still answers the others`,
    why: 'customers ask for what is not there all day long, and nobody should have to restart a service for it',
    where: `what ${name} reports of itself at /metrics while requests come in, and its log when it stops answering`,
  };
  const deployment = deploymentOf(context.state, name);
  if (!deployment) return finding('fail', `there is no Deployment ${name}`, meaning);
  const picked = pickPod(context.state, name);
  if ('problem' in picked) return finding('fail', picked.problem, meaning);
  await using copy = await startCopy(deployment, {}, context);
  const ask = (asked: string): Promise<ComponentAnswer> =>
    askPod(context.kube, { namespace: context.namespace, pod: copy.pod, port, path: asked, signal: context.signal });

  for (let sent = 0; sent < requests; sent += atOnce) {
    const answers = await Promise.all(Array.from({ length: atOnce }, () => ask(refused)));
    const odd = answers.find(({ status }) => status !== 404);
    if (odd) return finding('fail', `after ${sent} refusals: ${answerOf(odd)}`, meaning);
  }
  const after = await ask(path);
  return after.status === 200
    ? finding('pass', `answers after ${requests} refusals`, meaning)
    : finding('fail', `after ${requests} refusals GET ${path}: ${answerOf(after)}`, meaning);
}
