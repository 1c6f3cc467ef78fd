import { z } from 'zod';
import { sleep } from '../../lib/clock.ts';
import { blockedBy, defineCheck, finding, type CheckContext, type Meaning } from '../check.ts';
import { pickPod } from '../component.ts';
import { answerOf, askPod, type ComponentAnswer } from '../proxy.ts';
import { isReady, podsOf } from '../state.ts';
import type { Finding } from '../verdict.ts';

const params = z.strictObject({
  deployment: z.string(),
  port: z.int(),
  /** The Service in front of the pods. */
  service: z.string(),
  /** Who calls it, and a question that makes it do so. */
  through: z.strictObject({ component: z.string(), port: z.int(), path: z.string() }),
});
type Params = z.infer<typeof params>;

/** Enough callers at once to need several connections. */
const atOnce = 12;
/** Also for a caller that still calls where the Service was a moment ago. */
const patienceMs = 10_000;
const answersWithinMs = 2_500;
const betweenMs = 100;
const enoughRequests = 48;
/** Of what each pod would get if all got the same; connections are few and chosen at random. */
const fairEnough = 0.3;

/** Each replica gets its share of the work. */
export const evenLoad = defineCheck<Params>({ phase: 'during', params, run });

async function run(given: Params, context: CheckContext): Promise<Finding> {
  const { deployment, service, through } = given;
  const meaning: Meaning = {
    expected: `each replica of ${deployment} gets a share of what comes through Service ${service}`,
    why: 'a replica that gets nothing carries nothing: the others break down at a peak, and scaling out does not help',
    where: `how much each pod of ${deployment} does: its log, its metrics, kubectl top pod`,
  };
  const pods = podsOf(context.state, deployment).filter(isReady);
  if (pods.length < 2) {
    const found = context.state.services.find(({ metadata }) => metadata.name === service);
    return found?.spec.sessionAffinity === 'ClientIP'
      ? finding('fail', `there is no second replica to share with, and ${service} would not let it`, meaning)
      : finding('pass', 'a single replica that nothing keeps from being joined by others', meaning);
  }
  const caller = pickPod(context.state, through.component);
  if ('problem' in caller) return blockedBy(through.component, caller.problem, meaning);
  const names = pods.map(({ metadata }) => metadata.name);
  const before = await requestsAnswered(names, given, context);
  const deadline = context.clock.now() + patienceMs;
  for (;;) {
    const answers = await askTogether(through, caller.pod.metadata.name, context);
    const isLast = context.clock.now() >= deadline;
    const failed = answers.find(({ status }) => status !== 200);
    if (failed && isLast) return blockedBy(through.component, answerOf(failed), meaning);
    if (!failed) {
      const now = await requestsAnswered(names, given, context);
      const shares = now.map((count, index) => count - (before[index] ?? 0));
      const found = judgeShares(names, shares, meaning);
      if (found.verdict === 'pass' || isLast) return found;
    }
    await sleep(context.clock, betweenMs, context.signal);
  }
}

function askTogether(
  { port, path }: Params['through'],
  pod: string,
  { kube, namespace, signal }: CheckContext,
): Promise<ComponentAnswer[]> {
  const question = { namespace, pod, port, path, signal, timeoutMs: answersWithinMs };
  return Promise.all(Array.from({ length: atOnce }, () => askPod(kube, question)));
}

/** How many requests each pod says it has answered so far. */
function requestsAnswered(
  pods: readonly string[],
  { port }: Params,
  { kube, namespace, signal }: CheckContext,
): Promise<number[]> {
  return Promise.all(
    pods.map(async (pod) => {
      const { text } = await askPod(kube, { namespace, pod, port, path: '/metrics', signal });
      const counts = text.matchAll(/^http_request_duration_seconds_count\{.*\} (\d+)$/gm);
      return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
    }),
  );
}

/** @param shares requests by pod, in the order of the names */
export function judgeShares(names: readonly string[], shares: readonly number[], meaning: Meaning): Finding {
  const total = shares.reduce((sum, share) => sum + share, 0);
  const words = names.map((name, index) => `${name} ${shares[index] ?? 0}`).join(', ');
  const least = Math.min(...shares);
  return total >= enoughRequests && least >= (total / names.length) * fairEnough
    ? finding('pass', `of ${total} requests: ${words}`, meaning)
    : finding('fail', `of ${total} requests: ${words}`, meaning);
}
