import { z } from 'zod';
import { defineCheck, finding, type CheckContext, type Meaning } from '../check.ts';
import { pickPod } from '../component.ts';
import { isInPlainSight } from '../effective-env.ts';
import { askUrl, jsonOf } from '../http.ts';
import { getThroughPortForward } from '../port-forward.ts';
import { startCopy } from '../private-copy.ts';
import { answerOf, askPod } from '../proxy.ts';
import { deploymentOf, isReady, mainContainer, podsOf } from '../state.ts';
import type { Finding } from '../verdict.ts';

const params = z.strictObject({
  deployment: z.string(),
  port: z.int(),
  /** The variable whose value must stay secret. */
  secret: z.string(),
});
type Params = z.infer<typeof params>;

const looks = 12;
const patienceMs = 4_000;

/** Whoever is signed in stays so, whichever pod is asked and whenever one is replaced. */
export const sharedSessions = defineCheck<Params>({ phase: 'during', params, run });

async function run({ deployment: name, port, secret }: Params, context: CheckContext): Promise<Finding> {
  const meaning: Meaning = {
    expected: `a customer who signed in at one pod of ${name} is known to every other, also to one that starts afterwards`,
    why: 'customers who are signed out in the middle of a purchase go elsewhere',
    where: `which pod of ${name} gave a token and which refuses it, and what their logs say at the start`,
  };
  const deployment = deploymentOf(context.state, name);
  if (!deployment) return finding('fail', `there is no Deployment ${name}`, meaning);
  const picked = pickPod(context.state, name);
  if ('problem' in picked) return finding('fail', picked.problem, meaning);
  const container = mainContainer(deployment.spec.template.spec, name);
  if (container && (await isInPlainSight(context.kube, context.namespace, container, secret)))
    return finding('fail', `${secret} does not stand in a Secret, but for everyone to read`, meaning);

  await using copy = await startCopy(deployment, {}, context);
  const pods = podsOf(context.state, name).filter(isReady);
  const all = [...pods.map(({ metadata }) => metadata.name), copy.pod];
  const problem = (await strangersAmong(all, port, context)) ?? (await signedOutAtEntrance(context));
  return problem === undefined
    ? finding('pass', `a token of any of ${pods.length} pods counts at all of them and at a new one`, meaning)
    : finding('fail', problem, meaning);
}

/** A token that one pod gave and another does not know, in words. */
async function strangersAmong(
  pods: readonly string[],
  port: number,
  { kube, namespace, signal }: CheckContext,
): Promise<string | undefined> {
  for (const giver of pods) {
    const opened = await askPod(kube, {
      namespace,
      pod: giver,
      port,
      method: 'POST',
      path: '/sessions/guest',
      body: {},
      signal,
    });
    const { token } = opened.json<{ token?: string }>();
    if (typeof token !== 'string') return `${giver} gives no token: ${answerOf(opened)}`;
    for (const pod of pods) {
      const headers = { authorization: `Bearer ${token}` };
      const { status } = await getThroughPortForward(kube, { namespace, pod, port, path: '/session', headers, signal });
      if (status !== 200) return `${pod} answers ${status} to a customer who signed in at ${giver}`;
    }
  }
  return undefined;
}

async function signedOutAtEntrance({ entranceUrl, signal }: CheckContext): Promise<string | undefined> {
  const body = { username: 'alice', password: 'cloudmart' };
  const login = await askUrl(`${entranceUrl}/api/login`, { method: 'POST', body, timeoutMs: patienceMs, signal });
  const { token } = jsonOf(login.text);
  // A shop that is down for another reason says nothing about sessions.
  if (typeof token !== 'string') return undefined;
  const headers = { authorization: `Bearer ${token}` };
  const statuses: (number | null)[] = [];
  while (statuses.length < looks) {
    const { status } = await askUrl(`${entranceUrl}/api/orders/mine`, { headers, timeoutMs: patienceMs, signal });
    statuses.push(status);
  }
  const refused = statuses.filter((status) => status === 401).length;
  return refused > 0
    ? `of ${looks} looks at their orders a customer was refused ${refused} as if not signed in`
    : undefined;
}
