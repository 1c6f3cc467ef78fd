import { z } from 'zod';
import { defineCheck, finding, type CheckContext, type Meaning } from '../check.ts';
import { pickPod } from '../component.ts';
import { effectiveEnv } from '../effective-env.ts';
import { answerOf, askPod, type ComponentAnswer } from '../proxy.ts';
import { deploymentOf, isReady, mainContainer, podsOf } from '../state.ts';
import type { Finding } from '../verdict.ts';

const params = z.strictObject({
  deployment: z.string(),
  port: z.int(),
  path: z.string(),
  requests: z.int().min(10).max(200),
  /** The variable that switches failures on. */
  switch: z.string(),
});
type Params = z.infer<typeof params>;

const atOnce = 4;

/** The component answers the same question the same way every time. */
export const steadyAnswers = defineCheck<Params>({ phase: 'after', params, run });

async function run(given: Params, context: CheckContext): Promise<Finding> {
  const { deployment, requests } = given;
  const meaning: Meaning = {
    expected: `${requests} of ${requests} equal questions to each pod of ${deployment} are answered`,
    why: 'what fails at random is repeated by everyone above it, and customers see errors or wait',
    where: 'traces or logs: which service is the first to fail?',
  };
  const found = deploymentOf(context.state, deployment);
  if (!found) return finding('fail', `there is no Deployment ${deployment}`, meaning);
  const container = mainContainer(found.spec.template.spec, deployment);
  const env = container && (await effectiveEnv(context.kube, context.namespace, container));
  const isOn = Number(env?.get(given.switch) ?? 0) !== 0;

  const pods = podsOf(context.state, deployment).filter(isReady);
  if (pods.length === 0) {
    const picked = pickPod(context.state, deployment);
    const problem = 'problem' in picked ? picked.problem : `${deployment} is not ready`;
    if (found.spec.replicas === 0) return finding('fail', problem, meaning);
    return isOn
      ? finding('fail', `${problem}, so its answers can't be counted on`, meaning, `${given.switch} is on`)
      : finding('pass', `nothing makes it fail at random (it could not be asked: ${problem})`, meaning);
  }
  for (const pod of pods) {
    const answers = await askOften(given, pod.metadata.name, context);
    const failed = answers.filter(({ status }) => status !== 200);
    const [first] = failed;
    if (first) {
      const observed = `${failed.length} of ${answers.length} answers of ${pod.metadata.name} failed, such as: ${answerOf(first)}`;
      return finding('fail', observed, meaning);
    }
  }
  // A low rate may be lucky for as long as we ask.
  return isOn
    ? finding('fail', `${requests} of ${requests} answered this time, which was luck`, meaning, `${given.switch} is on`)
    : finding('pass', `${requests} of ${requests} answered`, meaning);
}

async function askOften(
  { port, path, requests }: Params,
  pod: string,
  context: CheckContext,
): Promise<ComponentAnswer[]> {
  const { kube, namespace, signal } = context;
  const answers: ComponentAnswer[] = [];
  while (answers.length < requests) {
    const batch = Array.from({ length: Math.min(atOnce, requests - answers.length) }, () =>
      askPod(kube, { namespace, pod, port, path, signal }),
    );
    answers.push(...(await Promise.all(batch)));
  }
  return answers;
}
