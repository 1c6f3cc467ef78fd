import { z } from 'zod';
import { blockedBy, defineCheck, finding, type CheckContext, type Meaning } from '../check.ts';
import { askUntil, pickPod } from '../component.ts';
import { startCopy } from '../private-copy.ts';
import { answerOf, askPod, type ComponentAnswer } from '../proxy.ts';
import { deploymentOf, isReady } from '../state.ts';
import type { Finding } from '../verdict.ts';

const place = z.strictObject({ component: z.string(), port: z.int() });
const params = z.strictObject({
  deployment: z.string(),
  port: z.int(),
  /** The component reads this from the one that it needs. */
  path: z.string(),
  needs: place,
  /** A component that it has no business with. */
  shuns: place,
  /** The variable that says whom it asks. */
  variable: z.string(),
  /** Other variables of the copy that is sent to the wrong place. */
  variables: z.record(z.string(), z.string()).default({}),
});
type Params = z.infer<typeof params>;

const askedForMs = 10_000;

/** The component reaches whom it needs, and is still kept from everybody else. */
export const onlyReaches = defineCheck<Params>({ phase: 'during', params, run });

async function run(given: Params, context: CheckContext): Promise<Finding> {
  const { deployment: name, port, path, needs, shuns } = given;
  const meaning: Meaning = {
    expected: `${name} reaches ${needs.component}, and what it has no business with stays out of its reach`,
    why: `without ${needs.component} it can't work; whoever breaks into it must not get any further`,
    where: `how calls of ${name} end, at once or after a time-out, and kubectl get networkpolicies`,
  };
  const deployment = deploymentOf(context.state, name);
  if (!deployment) return finding('fail', `there is no Deployment ${name}`, meaning);
  const picked = pickPod(context.state, name);
  if ('problem' in picked) return finding('fail', picked.problem, meaning);
  const pod = picked.pod.metadata.name;
  const answer = await askUntil(context, { pod, port, path, timeoutMs: askedForMs }, ({ status }) => status === 200);
  if (answer.status !== 200) {
    const down = await whyDown(needs, path, context);
    return down === undefined
      ? finding('fail', `${pod} answers ${answerOf(answer)}`, meaning)
      : blockedBy(needs.component, down, meaning);
  }
  const other = pickPod(context.state, shuns.component);
  if ('problem' in other || !isReady(other.pod)) return blockedBy(shuns.component, 'it is not ready', meaning);
  const strayed = await askFromWithin(given, deployment, context);
  return judgeStrayed(strayed, given, meaning);
}

/** Why the one that is needed can't serve anyone at the moment; undefined when it can. */
async function whyDown(
  { component, port }: Params['needs'],
  path: string,
  context: CheckContext,
): Promise<string | undefined> {
  const picked = pickPod(context.state, component);
  if ('problem' in picked) return picked.problem;
  const answer = await askUntil(context, { pod: picked.pod.metadata.name, port, path }, ({ status }) => status === 200);
  return answer.status === 200 ? undefined : answerOf(answer);
}

/** What a pod like the component's own says when it is told to ask the one that is none of its business. */
async function askFromWithin(
  { port, path, shuns, variable, variables }: Params,
  deployment: Parameters<typeof startCopy>[0],
  context: CheckContext,
): Promise<ComponentAnswer> {
  const { kube, namespace, signal } = context;
  const url = `http://${shuns.component}.${namespace}:${shuns.port}`;
  const labels = deployment.spec.template.metadata?.labels ?? {};
  const changes = { labels, outOfService: true };
  await using copy = await startCopy(deployment, { ...variables, [variable]: url }, context, changes);
  return await askPod(kube, { namespace, pod: copy.pod, port, path, timeoutMs: askedForMs, signal });
}

/** Only silence shows that nothing got through: whoever is refused or answered has got there. Pure. */
export function judgeStrayed(
  answer: Pick<ComponentAnswer, 'status' | 'text' | 'problem'>,
  { deployment, needs, shuns }: Pick<Params, 'deployment' | 'needs' | 'shuns'>,
  meaning: Meaning,
): Finding {
  const said = answerOf({ ...answer, json: () => ({}) as never });
  if (answer.status === 504) {
    return finding('pass', `it reaches ${needs.component}, and ${shuns.component} stays out of its reach`, meaning);
  }
  return answer.status === null
    ? finding('undetermined', `the copy of ${deployment} could not be asked: ${said}`, meaning)
    : finding('fail', `a pod like those of ${deployment} also gets through to ${shuns.component}`, meaning, said);
}
