import { z } from 'zod';
import { blockedBy, defineCheck, finding, type CheckContext, type Meaning } from '../check.ts';
import { pickPod } from '../component.ts';
import { answerOf, askService, type ComponentAnswer } from '../proxy.ts';
import { isReady } from '../state.ts';
import type { Finding } from '../verdict.ts';
import { judgeEndpoints } from './service-endpoints.ts';

const params = z.strictObject({
  service: z.string(),
  deployment: z.string(),
  /** The port at which the Service is called. */
  port: z.int(),
});
type Params = z.infer<typeof params>;

const path = '/version';
const tries = 5;

/** Whoever calls the Service at its port is answered by the pods that belong to it. */
export const serviceAnswers = defineCheck<Params>({ phase: 'after', params, run });

async function run(given: Params, context: CheckContext): Promise<Finding> {
  const { service, deployment, port } = given;
  const { kube, namespace, signal, state } = context;
  const meaning: Meaning = {
    expected: `Service ${service} answers at port ${port}, each of ${tries} times, and ${deployment} is who answers`,
    why: 'pods that nobody can call do no work, however well they are',
    where: `kubectl describe service ${service}, and where its pods listen: kubectl logs deployment/${deployment}`,
  };
  const picked = pickPod(state, deployment);
  if ('problem' in picked) return blockedBy(deployment, picked.problem, meaning);
  if (!isReady(picked.pod)) return blockedBy(deployment, 'none of its pods is ready', meaning);
  const endpoints = judgeEndpoints(given, state);
  if (endpoints.verdict !== 'pass') return endpoints;

  const answers: ComponentAnswer[] = [];
  while (answers.length < tries) answers.push(await askService(kube, { namespace, service, port, path, signal }));
  const refused = answers.find((answer) => !isFrom(answer, deployment));
  return refused
    ? finding('fail', `through Service ${service}: ${answerOf(refused)}`, meaning)
    : finding('pass', `${deployment} answers at ${service}:${port}`, meaning);
}

function isFrom(answer: ComponentAnswer, deployment: string): boolean {
  return answer.status === 200 && answer.json<{ service?: string }>().service === deployment;
}
