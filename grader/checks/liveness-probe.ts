import { z } from 'zod';
import { blockedBy, defineCheck, finding, type CheckContext, type Meaning } from '../check.ts';
import { pickPod } from '../component.ts';
import { answerOf, askPod, type ComponentAnswer } from '../proxy.ts';
import { deploymentOf, mainContainer, type Container, type Probe } from '../state.ts';
import type { Finding } from '../verdict.ts';

const params = z.strictObject({ deployment: z.string() });
type Params = z.infer<typeof params>;

/** The liveness probe asks where the service answers. */
export const livenessProbe = defineCheck<Params>({ phase: 'after', params, run });

async function run({ deployment }: Params, context: CheckContext): Promise<Finding> {
  const meaning: Meaning = {
    expected: `the cluster asks ${deployment} whether it lives, and gets an answer`,
    why: 'each restart fails the requests that are under way, and a dead service that nobody asks stays dead',
    where: `the events of ${deployment}'s pod, and what happened right before each restart`,
  };
  const spec = deploymentOf(context.state, deployment)?.spec.template.spec;
  const container = spec && mainContainer(spec, deployment);
  if (!container) return finding('fail', `there is no Deployment ${deployment}`, meaning);
  const target = probeTarget(container);
  if ('problem' in target) return finding('fail', target.problem, meaning);
  const other = spec.containers.find((one) => one !== container && offers(one, target.port));
  if (other) return finding('fail', `the liveness probe asks the container ${other.name} instead`, meaning);
  const picked = pickPod(context.state, deployment);
  if ('problem' in picked) return blockedBy(deployment, picked.problem, meaning);
  const answer = await askPod(context.kube, { namespace: context.namespace, pod: picked.pod.metadata.name, ...target });
  return judgeProbe(target, answer, meaning);
}

export function judgeProbe(target: { port: number; path: string }, answer: ComponentAnswer, meaning: Meaning): Finding {
  const asked = `the probe asks port ${target.port}, ${target.path}`;
  const succeeds = answer.status !== null && answer.status >= 200 && answer.status < 400;
  return succeeds
    ? finding('pass', `${asked}, and gets ${answer.status}`, meaning)
    : finding('fail', `asked as the cluster asks: ${answerOf(answer).replace(/dial tcp \S+ /, '')}`, meaning, asked);
}

function offers({ ports = [] }: Container, port: number): boolean {
  return ports.some(({ containerPort }) => containerPort === port);
}

/** Where a container's liveness probe asks, or why that is no question to the service. */
export function probeTarget(container: Container): { port: number; path: string } | { problem: string } {
  const probe: Probe | undefined = container.livenessProbe;
  if (!probe) return { problem: 'there is no liveness probe' };
  if (!probe.httpGet) return { problem: 'the liveness probe no longer asks the service over HTTP' };
  const { port, path = '/', host } = probe.httpGet;
  if (host) return { problem: `the liveness probe asks another host (${host})` };
  const named = container.ports?.find(({ name }) => name === port)?.containerPort;
  const number = typeof port === 'number' ? port : (named ?? Number(port));
  return Number.isInteger(number) ? { port: number, path } : { problem: `the container has no port named ${port}` };
}
