import { z } from 'zod';
import { blockedBy, defineCheck, finding, type CheckContext, type Meaning } from '../check.ts';
import { pickPod } from '../component.ts';
import { askUrl } from '../http.ts';
import { getThroughPortForward } from '../port-forward.ts';
import { answerOf, askPod } from '../proxy.ts';
import type { Finding } from '../verdict.ts';

const params = z.strictObject({ deployment: z.string(), port: z.int() });
type Params = z.infer<typeof params>;

const meaning: Meaning = {
  expected: 'a good token is accepted, a forged one is refused with 401, at auth-service and at the entrance',
  why: 'a shop that lets anyone be anyone is worse than a closed one',
  where: 'what auth-service answers to GET /session with and without a good token',
};

/** Sessions still mean something. */
export const authStillWorks = defineCheck<Params>({ phase: 'after', params, run });

async function run({ deployment, port }: Params, context: CheckContext): Promise<Finding> {
  const { kube, namespace, signal } = context;
  const picked = pickPod(context.state, deployment);
  if ('problem' in picked) return blockedBy(deployment, picked.problem, meaning);
  const target = { namespace, pod: picked.pod.metadata.name, port, signal };
  const opened = await askPod(kube, { ...target, method: 'POST', path: '/sessions/guest', body: {} });
  const { token } = opened.json<{ token?: string }>();
  if (opened.problem) return blockedBy(deployment, opened.problem, meaning);
  if (typeof token !== 'string') return finding('fail', `no token for a guest: ${answerOf(opened)}`, meaning);
  const ask = (bearer: string): ReturnType<typeof getThroughPortForward> =>
    getThroughPortForward(kube, { ...target, path: '/session', headers: bearerOf(bearer) });
  const good = await ask(token);
  if (good.status !== 200) return finding('fail', `a good token gets ${good.status}`, meaning);
  const forged = `${token.slice(0, -4)}xxxx`;
  const bad = await ask(forged);
  if (bad.status !== 401) return finding('fail', `a forged token gets ${bad.status}`, meaning);
  return judgeEntrance(forged, context);
}

/** The entrance may be closed for another reason; then auth-service's own answers are enough. */
async function judgeEntrance(forged: string, { entranceUrl, signal }: CheckContext): Promise<Finding> {
  const reply = await askUrl(`${entranceUrl}/api/orders`, {
    method: 'POST',
    body: { item: 'laptop', quantity: 1 },
    headers: bearerOf(forged),
    timeoutMs: 4_000,
    signal,
  });
  const isAccepted = reply.status !== null && reply.status < 300;
  return isAccepted
    ? finding('fail', `the entrance takes an order with a forged token (${reply.status})`, meaning)
    : finding('pass', 'a good token is accepted, a forged one refused', meaning);
}

function bearerOf(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` };
}
