import { z } from 'zod';
import { sleep } from '../../lib/clock.ts';
import { blockedBy, defineCheck, finding, type Meaning, type WindowContext } from '../check.ts';
import { pickPod } from '../component.ts';
import { getThroughPortForward } from '../port-forward.ts';
import { askPod } from '../proxy.ts';
import { mainContainer, readPods, statusOf, type Pod } from '../state.ts';
import type { Finding } from '../verdict.ts';

const params = z.strictObject({ deployment: z.string(), port: z.int(), signIns: z.int().min(1).max(5_000) });
type Params = z.infer<typeof params>;

const atOnce = 16;
/** Of the newest sign-ins, so many must still be known: a store that forgets at once keeps its memory low too. */
const remembered = 500;
const settleMs = 1_500;
const recentMs = 120_000;

/** What a burst of sign-ins did. */
export interface Burst {
  asked: number;
  opened: number;
  /** Restarts of the container, the earlier ones left out. */
  restarts: number;
  lastEnd?: string;
  /** Of the tokens looked at afterwards, those that no longer count. */
  forgotten: number;
}

/** The component holds the load that used to kill it. */
export const memoryUnderLoad = defineCheck<Params>({ phase: 'perturbing', params, run });

async function run(given: Params, context: WindowContext): Promise<Finding> {
  const { deployment } = given;
  const meaning: Meaning = {
    expected: `${deployment} takes ${given.signIns} sign-ins in a row without a restart, and still knows its customers`,
    why: 'a service that dies under the load of a normal day signs everyone out',
    where: 'how its last container ended (kubectl describe pod), and what it uses (kubectl top pod)',
  };
  const picked = pickPod(context.state, deployment);
  if ('problem' in picked) return finding('fail', picked.problem, meaning);
  const earlier = recentKill(picked.pod, deployment, context.clock.now());
  if (earlier) return finding('fail', earlier, meaning);
  const burst = await load(given, picked.pod, context);
  return burst ? judgeBurst(burst, meaning) : blockedBy(deployment, 'its pod went away during the question', meaning);
}

export function judgeBurst({ asked, opened, restarts, lastEnd, forgotten }: Burst, meaning: Meaning): Finding {
  if (restarts > 0)
    return finding('fail', `after ${opened} sign-ins the container ended (${lastEnd ?? 'restarted'})`, meaning);
  if (opened < asked) return finding('fail', `${asked - opened} of ${asked} sign-ins failed`, meaning);
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

async function load(
  { deployment, port, signIns }: Params,
  pod: Pod,
  context: WindowContext,
): Promise<Burst | undefined> {
  const { kube, namespace, clock, signal } = context;
  const target = { namespace, pod: pod.metadata.name, port, signal };
  const name = mainContainer(pod.spec, deployment)?.name ?? deployment;
  const restartsBefore = statusOf(pod, name)?.restartCount ?? 0;
  const tokens: string[] = [];
  let asked = 0;
  let failedInARow = 0;
  const signInRepeatedly = async (): Promise<void> => {
    // A component that has died answers nothing more: some failures in a row are enough to stop.
    while (asked < signIns && failedInARow < 3 * atOnce) {
      asked++;
      const answer = await askPod(kube, { ...target, method: 'POST', path: '/sessions/guest', body: {} });
      const { token } = answer.json<{ token?: string }>();
      if (typeof token === 'string') tokens.push(token);
      failedInARow = typeof token === 'string' ? 0 : failedInARow + 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, signInRepeatedly));
  await sleep(clock, settleMs, signal);
  const now = (await readPods(kube, namespace)).find(({ metadata }) => metadata.uid === pod.metadata.uid);
  if (!now) return undefined;
  const status = statusOf(now, name);
  const ended = status?.lastState?.terminated ?? status?.state?.terminated;
  const restarts = (status?.restartCount ?? 0) - restartsBefore + (status?.state?.running ? 0 : 1);
  const forgotten = restarts > 0 ? 0 : await countForgotten(tokens, target, context);
  const lastEnd = ended && `${ended.reason ?? 'ended'}, exit code ${ended.exitCode}`;
  return { asked, opened: tokens.length, restarts, forgotten, ...(lastEnd && { lastEnd }) };
}

async function countForgotten(
  tokens: readonly string[],
  target: { namespace: string; pod: string; port: number; signal: AbortSignal },
  { kube }: WindowContext,
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
