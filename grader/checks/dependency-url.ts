import { z } from 'zod';
import { defineCheck, finding, type CheckContext, type Meaning } from '../check.ts';
import { askUntil, pickPod } from '../component.ts';
import { effectiveEnv } from '../effective-env.ts';
import { answerOf, type ComponentAnswer } from '../proxy.ts';
import { deploymentOf, mainContainer, type State } from '../state.ts';
import type { Finding } from '../verdict.ts';

const params = z.strictObject({ deployment: z.string(), port: z.int(), variable: z.string(), target: z.string() });
type Params = z.infer<typeof params>;

/** The component reaches what it depends on, by a name that lasts. */
export const dependencyUrl = defineCheck<Params>({ phase: 'after', params, run });

async function run({ deployment, port, variable, target }: Params, context: CheckContext): Promise<Finding> {
  const meaning: Meaning = {
    expected: `${deployment} reaches ${target}, by an address that lasts`,
    why: `without it ${deployment} can neither store nor read an order`,
    where: `what the log of ${deployment} says when an order comes in`,
  };
  const picked = pickPod(context.state, deployment);
  if ('problem' in picked) return finding('fail', picked.problem, meaning);
  const container = mainContainer(picked.pod.spec, deployment);
  const env = container && (await effectiveEnv(context.kube, context.namespace, container));
  const led = judgeUrl(env?.get(variable), target, context);
  if ('problem' in led) {
    return finding('fail', `${deployment} has no way to ${target} that lasts`, meaning, `${variable}: ${led.problem}`);
  }
  const pod = picked.pod.metadata.name;
  const answer = await askUntil(context, { pod, port, path: '/products' }, ({ status }) => status === 200);
  if (answer.status === 200) {
    return finding('pass', `${pod} answers, and knows the way to ${target}`, meaning, `${variable}: ${led.url}`);
  }
  const down = await whyDown(context, target);
  return down
    ? finding('pass', `the way to ${target} is right (nothing could be read: ${down})`, meaning)
    : finding('fail', `${pod} answers ${answerOf(answer)}`, meaning);
}

/** Why the target can't serve anyone at the moment; undefined when it can, be it that it has no such path. */
async function whyDown(context: CheckContext, target: string): Promise<string | undefined> {
  const picked = pickPod(context.state, target);
  if ('problem' in picked) return picked.problem;
  const port = mainContainer(picked.pod.spec, target)?.ports?.[0]?.containerPort ?? 8080;
  const { name } = picked.pod.metadata;
  const serves = ({ status }: ComponentAnswer): boolean => status !== null && status < 500;
  const answer = await askUntil(context, { pod: name, port, path: '/products' }, serves);
  return serves(answer) ? undefined : `${target} answers ${answerOf(answer)}`;
}

/** Whether a URL leads to a Service whose pods are the target's. */
export function judgeUrl(
  value: string | undefined,
  target: string,
  { state, namespace }: { state: State; namespace: string },
): { url: string } | { problem: string } {
  if (value === undefined) return { problem: 'the variable is not set' };
  if (!URL.canParse(value)) return { problem: `${value} is not a URL` };
  const url = new URL(value);
  if (url.protocol !== 'http:') return { problem: `${value} is not asked over HTTP` };
  if (/^[\d.]+$|^\[/.test(url.hostname)) return { problem: `${value} names an address instead of a Service` };
  const [name, ...rest] = url.hostname.split('.');
  const isInside = ['', namespace, `${namespace}.svc`, `${namespace}.svc.cluster.local`].includes(rest.join('.'));
  const service = isInside ? state.services.find(({ metadata }) => metadata.name === name) : undefined;
  if (!service) return { problem: `${value}: there is no Service ${url.hostname}` };
  const { type, selector = {}, ports = [] } = service.spec;
  if (type === 'ExternalName') return { problem: `${value} leads out of the cluster's Services (ExternalName)` };
  const labels = deploymentOf(state, target)?.spec.template.metadata?.labels ?? {};
  const selects = Object.entries(selector).every(([key, wanted]) => labels[key] === wanted);
  if (!selects || Object.keys(selector).length === 0) return { problem: `${value} does not lead to ${target}` };
  const port = Number(url.port || 80);
  if (!ports.some((offered) => offered.port === port)) {
    return { problem: `${value}: Service ${name} offers no port ${port}` };
  }
  return { url: value };
}
