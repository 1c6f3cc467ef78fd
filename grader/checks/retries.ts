import { z } from 'zod';
import { defineCheck, finding, type CheckContext, type Meaning } from '../check.ts';
import { pickPod } from '../component.ts';
import { startCopy } from '../private-copy.ts';
import { answerOf, askPod } from '../proxy.ts';
import { forgetScripts, play, type Played } from '../stand-in.ts';
import { deploymentOf, mainContainer, podsOf, statusOf } from '../state.ts';
import { mean } from '../statistics.ts';
import type { Finding } from '../verdict.ts';

const params = z.strictObject({
  deployment: z.string(),
  port: z.int(),
  /** The variable with the address of the dependency that is made to fail. */
  variable: z.string(),
  /** Variables with addresses of dependencies that work. */
  others: z.array(z.string()).default([]),
  maxAttempts: z.int().min(2),
});
type Params = z.infer<typeof params>;

const maxAnswerMs = 15_000;
const slowMs = 20_000;
/** Two tries in the same instant meet the same trouble. */
const minPauseMs = 20;
const minGrowth = 1.2;

/** What a copy of the component did when its dependency failed once, always, or hung. */
export interface Trials {
  once: { status: number | null; answer: string };
  always: readonly { attempts: number; pausesMs: readonly number[] }[];
  slow?: { attempts: number; answered: boolean; durationMs: number };
}

/** Failed calls are repeated with care. */
export const retries = defineCheck<Params>({ phase: 'during', params, run });

async function run(given: Params, context: CheckContext): Promise<Finding> {
  const { deployment: name } = given;
  const meaning: Meaning = {
    expected: `a short failure is bridged; tries are few (${given.maxAttempts} at most), pauses grow, and there is an end`,
    why: 'eager retries turn a hiccup of the database into an outage',
    where: `how often, and how soon, ${name} asks again when the database fails`,
  };
  const deployment = deploymentOf(context.state, name);
  if (!deployment) return finding('fail', `there is no Deployment ${name}`, meaning);
  const picked = pickPod(context.state, name);
  if ('problem' in picked) return finding('fail', picked.problem, meaning);

  const base = `http://stand-in.${context.labNamespace}:8090/s/${context.runId}`;
  const working = Object.fromEntries(given.others.map((other) => [other, `${base}-ok`]));
  context.perturb('the stand-in played a failing database', () => forgetScripts(context, ['ok', 'db']));
  await using copy = await startCopy(deployment, { ...working, [given.variable]: `${base}-db` }, context);
  const running = podsOf(context.state, name).map(
    (pod) => statusOf(pod, mainContainer(pod.spec, name)?.name ?? name)?.imageID,
  );
  if (copy.imageId && running.some((imageId) => imageId && imageId !== copy.imageId)) {
    return finding('fail', `the pods of ${name} run an older build than the one that was made last`, meaning);
  }
  return judgeTrials(await tryAll(given, copy.pod, context), given.maxAttempts, meaning);
}

async function tryAll({ port }: Params, pod: string, context: CheckContext): Promise<Trials> {
  const { runId, quick, kube, namespace, signal } = context;
  const product = { item: 'laptop', title: 'laptop', priceCents: 100, id: runId };
  const well = { status: 200, body: product };
  const order = async (): Promise<{ status: number | null; text: string; durationMs: number }> => {
    const started = performance.now();
    const body = { item: 'laptop', quantity: 1, reference: `${runId}-trial`, customer: 'guest-trial' };
    const question = { method: 'POST', path: '/orders', body, timeoutMs: maxAnswerMs, signal };
    const answer = await askPod(kube, { namespace, pod, port, ...question });
    return { status: answer.status, text: answerOf(answer), durationMs: performance.now() - started };
  };
  await play(context, 'ok', [{ status: 200, body: {} }], async () => {});
  const once = await play(context, 'db', [{ status: 503, times: 1 }, well], order);
  const always: Played<unknown>[] = [];
  for (let trial = 0; trial < (quick ? 2 : 4); trial++) {
    always.push(await play(context, 'db', [{ status: 503 }], order));
  }
  const slow = quick ? undefined : await play(context, 'db', [{ ...well, delayMs: slowMs }], order);
  return {
    once: { status: once.result.status, answer: once.result.text },
    always: always.map(({ atMs }) => ({ attempts: atMs.length, pausesMs: pauses(atMs) })),
    ...(slow && {
      slow: {
        attempts: slow.atMs.length,
        answered: slow.result.status !== null,
        durationMs: Math.round(slow.result.durationMs),
      },
    }),
  };
}

function pauses(atMs: readonly number[]): number[] {
  return atMs.slice(1).map((at, index) => at - (atMs[index] ?? at));
}

/** Jitter makes a single trial say little, so pauses are averaged over the trials. */
export function judgeTrials({ once, always, slow }: Trials, maxAttempts: number, meaning: Meaning): Finding {
  const attempts = Math.max(...always.map((trial) => trial.attempts), slow?.attempts ?? 0);
  if (attempts > maxAttempts)
    return finding('fail', `one order became ${attempts} requests to a failing database`, meaning);
  if (once.status !== 200) return finding('fail', `one failure of the database cost an order: ${once.answer}`, meaning);
  const counts = always.map(({ pausesMs }) => pausesMs.length);
  const averages = Array.from({ length: Math.min(...counts) }, (_, index) =>
    mean(always.map(({ pausesMs }) => pausesMs[index] ?? 0)),
  );
  const [first] = averages;
  if (first === undefined) return finding('fail', 'a failing database was asked only once', meaning);
  const words = averages.map((pause) => `${Math.round(pause)} ms`).join(', ');
  const last = averages.at(-1) ?? first;
  if (last < minPauseMs) return finding('fail', `tries follow each other at once (pauses: ${words})`, meaning);
  if (averages.length > 1 && last < first * minGrowth) return finding('fail', `pauses do not grow: ${words}`, meaning);
  if (slow && !slow.answered) {
    return finding('fail', `with a database that hangs, there was no answer in ${maxAnswerMs / 1000} s`, meaning);
  }
  const end = slow ? `; gives up on a hanging database after ${slow.durationMs} ms` : '';
  return finding('pass', `${attempts} tries, pauses of ${words}${end}`, meaning);
}
