import { z } from 'zod';
import { sleep } from '../../lib/clock.ts';
import { collectionPath } from '../../lib/kube/paths.ts';
import { defineCheck, finding, type CheckContext, type Meaning } from '../check.ts';
import { pickPod } from '../component.ts';
import { getThroughPortForward } from '../port-forward.ts';
import { startCopy } from '../private-copy.ts';
import { answerOf, askPod } from '../proxy.ts';
import { deploymentOf, mainContainer, statusOf, type Pod } from '../state.ts';
import type { Finding } from '../verdict.ts';

const params = z.strictObject({ deployment: z.string(), port: z.int(), signIns: z.int().min(1).max(5_000) });
type Params = z.infer<typeof params>;

const atOnce = 16;
/** Of the newest sign-ins, so many must still be known: a store that forgets at once keeps its memory low too. */
const remembered = 500;
const settleMs = 1_500;
const recentMs = 120_000;
/** How soon a component answers is another check's question; here it may take long, as long as it lives. */
const answersWithinMs = 12_000;

/** What a burst of sign-ins did. */
export interface Burst {
  asked: number;
  opened: number;
  /** What came in place of a session, the first time. */
  refused?: string;
  /** How the container ended, if it did. */
  ended?: string;
  /** Of the tokens looked at afterwards, those that no longer count. */
  forgotten: number;
}

/** The component holds the load that used to kill it; a copy of it bears the load. */
export const memoryUnderLoad = defineCheck<Params>({ phase: 'during', params, run });

async function run(given: Params, context: CheckContext): Promise<Finding> {
  const { deployment: name } = given;
  const meaning: Meaning = {
    expected: `${name} takes ${given.signIns} sign-ins in a row without a restart, and still knows its customers`,
    why: 'a service that dies under the load of a normal day signs everyone out',
    where: 'how its last container ended (kubectl describe pod), and what it uses (kubectl top pod)',
  };
  const deployment = deploymentOf(context.state, name);
  if (!deployment) return finding('fail', `there is no Deployment ${name}`, meaning);
  const picked = pickPod(context.state, name);
  if ('problem' in picked) return finding('fail', picked.problem, meaning);
  const earlier = recentKill(picked.pod, name, context.clock.now());
  if (earlier) return finding('fail', earlier, meaning);
  await using copy = await startCopy(deployment, {}, context);
  return judgeBurst(await load(given, copy.pod, context), meaning);
}

export function judgeBurst({ asked, opened, refused, ended, forgotten }: Burst, meaning: Meaning): Finding {
  if (ended) return finding('fail', `after ${opened} sign-ins the container ended (${ended})`, meaning);
  if (opened < asked) return finding('fail', `${asked - opened} of ${asked} sign-ins failed (${refused})`, meaning);
  if (forgotten > 0)
    return finding('fail', `${forgotten} customers who had just signed in are not known any more`, meaning);
  return finding('pass', `${opened} sign-ins, no restart, nobody forgotten`, meaning);
}

/** A container that was killed for its memory a moment ago needs no further proof. */
function recentKill(pod: Pod, deployment: string, nowMs: number): string | undefined {
  const ended = statusOf(pod, mainContainer(pod.spec, deployment)?.name ?? '')?.lastState?.terminated;
  const isRecent = nowMs - Date.parse(ended?.finishedAt ?? '') < recentMs;
  return isRecent && ended?.reason === 'OOMKilled'
    ? `${pod.metadata.name} was OOMKilled (exit code ${ended.exitCode}) at ${ended.finishedAt}`
    : undefined;
}

async function load({ deployment, port, signIns }: Params, pod: string, context: CheckContext): Promise<Burst> {
  const { kube, namespace, clock, signal } = context;
  const target = { namespace, pod, port, signal };
  const tokens: string[] = [];
  let asked = 0;
  let failedInARow = 0;
  let refused: string | undefined;
  const signIn = { ...target, method: 'POST', path: '/sessions/guest', body: {}, timeoutMs: answersWithinMs };
  const signInRepeatedly = async (): Promise<void> => {
    // A component that has died answers nothing more: some failures in a row are enough to stop.
    while (asked < signIns && failedInARow < 3 * atOnce) {
      asked++;
      const answer = await askPod(kube, signIn);
      const { token } = answer.json<{ token?: string }>();
      if (typeof token === 'string') tokens.push(token);
      else refused ??= answerOf(answer);
      failedInARow = typeof token === 'string' ? 0 : failedInARow + 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, signInRepeatedly));
  await sleep(clock, settleMs, signal);
  const now = await kube.get<Pod>(`${collectionPath('v1', 'Pod', namespace)}/${pod}`);
  const { state } = statusOf(now, mainContainer(now.spec, deployment)?.name ?? deployment) ?? {};
  if (!state?.running) {
    const { reason = 'ended', exitCode = '?' } = state?.terminated ?? {};
    return { asked, opened: tokens.length, forgotten: 0, ended: `${reason}, exit code ${exitCode}` };
  }
  return {
    asked,
    opened: tokens.length,
    ...(refused && { refused }),
    forgotten: await countForgotten(tokens, target, context),
  };
}

async function countForgotten(
  tokens: readonly string[],
  target: { namespace: string; pod: string; port: number; signal: AbortSignal },
  { kube }: CheckContext,
): Promise<number> {
  const recent = tokens.slice(-remembered);
  const sample = recent.filter((_, index) => index % Math.ceil(recent.length / 8) === 0);
  const statuses = await Promise.all(
    sample.map(async (token) => {
      const headers = { authorization: `Bearer ${token}` };
      return (await getThroughPortForward(kube, { ...target, path: '/session', headers })).status;
    }),
  );
  return statuses.filter((status) => status !== 200).length;
}
