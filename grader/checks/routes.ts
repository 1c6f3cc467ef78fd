import { z } from 'zod';
import { blockedBy, defineCheck, finding, type CheckContext, type Meaning } from '../check.ts';
import { askUntil, pickPod } from '../component.ts';
import { jsonOf } from '../http.ts';
import { answerOf, type ComponentAnswer } from '../proxy.ts';
import { isReady, podsOf } from '../state.ts';
import type { Finding } from '../verdict.ts';

const question = z.strictObject({
  method: z.enum(['GET', 'POST']).default('GET'),
  path: z.string(),
  body: z.record(z.string(), z.unknown()).optional(),
});
const params = z.strictObject({
  deployment: z.string(),
  port: z.int(),
  /** Questions to the entrance, and the component that would say the very same when it is asked itself. */
  routes: z.array(question.extend({ component: z.string(), componentPort: z.int(), componentPath: z.string() })).min(1),
  /** Paths that lead nowhere. */
  closed: z.array(z.string()).default([]),
});
type Params = z.infer<typeof params>;
type Route = Params['routes'][number];

/** The entrance sends each request to the component whose it is, and lets nobody at what is not for customers. */
export const routes = defineCheck<Params>({ phase: 'after', params, run });

async function run(given: Params, context: CheckContext): Promise<Finding> {
  const { deployment, port, closed } = given;
  const meaning: Meaning = {
    expected: `${deployment} answers each path as the component behind it does, and other paths with 404`,
    why: 'a request that arrives at the wrong place is lost; a path too many shows customers what is not theirs',
    where: `which service got the request, by traces and logs, and the routes that ${deployment} has`,
  };
  const pods = podsOf(context.state, deployment).filter(isReady);
  if (pods.length === 0) return finding('fail', `no pod of ${deployment} is ready`, meaning);
  let blocked: Finding | undefined;
  for (const { metadata } of pods) {
    const pod = metadata.name;
    for (const route of given.routes) {
      const found = await follow(route, { pod, port }, context, meaning);
      if (found?.verdict === 'fail') return found;
      blocked ??= found;
    }
    for (const path of closed) {
      const answer = await askUntil(context, { pod, port, path }, ({ status }) => status === 404);
      if (answer.status !== 404) return finding('fail', `${path} is open to everybody: ${answerOf(answer)}`, meaning);
    }
  }
  return blocked ?? finding('pass', `${given.routes.length} paths lead where they belong`, meaning);
}

/** @returns undefined when the entrance says what the component says */
async function follow(
  route: Route,
  entrance: { pod: string; port: number },
  context: CheckContext,
  meaning: Meaning,
): Promise<Finding | undefined> {
  const { method, path, body, component, componentPort, componentPath } = route;
  const asked = { method, ...(body && { body }) };
  const picked = pickPod(context.state, component);
  if ('problem' in picked) return blockedBy(component, picked.problem, meaning);
  const behind = { pod: picked.pod.metadata.name, port: componentPort, path: componentPath, ...asked };
  const own = await askUntil(context, behind, isAnswer);
  if (!isAnswer(own)) return blockedBy(component, answerOf(own), meaning);
  const given = await askUntil(context, { ...entrance, path, ...asked }, (answer) => saysTheSame(answer, own));
  return saysTheSame(given, own) ? undefined : finding('fail', `${method} ${path}: ${answerOf(given)}`, meaning);
}

function isAnswer({ status }: ComponentAnswer): boolean {
  return status !== null && status < 500;
}

/** Pure: a problem is compared by what it says, as it also carries where and in which trace it came up. */
export function saysTheSame(
  one: Pick<ComponentAnswer, 'status' | 'text'>,
  other: Pick<ComponentAnswer, 'status' | 'text'>,
): boolean {
  const said = ({ text }: { text: string }): unknown => jsonOf(text)['detail'] ?? text;
  return one.status === other.status && said(one) === said(other);
}
