import { z } from 'zod';
import { defineCheck, finding, type CheckContext, type Meaning } from '../check.ts';
import { pickPod } from '../component.ts';
import { startCopy } from '../private-copy.ts';
import { answerOf, askPod } from '../proxy.ts';
import { forgetScripts, play } from '../stand-in.ts';
import { deploymentOf, mainContainer, podsOf, statusOf } from '../state.ts';
import { readPauses } from '../pauses.ts';
import { percentile } from '../statistics.ts';
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
/** Jitter makes a single trial say little, and a busy machine adds pauses of its own: so many, until it is clear. */
const trials = { least: 3, most: 8 };
/** No further trial after this long; pauses may be long. */
const trialsWithinMs = { full: 20_000, quick: 6_000 };

interface Trial {
  attempts: number;
  pausesMs: readonly number[];
}

/** What a copy of the component did when its dependency failed once, always, or hung. */
export interface Trials {
  once: { status: number | null; answer: string };
  always: readonly Trial[];
  /** Between two requests that the component sends one after the other without a pause of its own. */
  betweenMs: readonly number[];
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
  // After the failure that was bridged, requests follow each other.
  const betweenMs = pauses(once.atMs).slice(1);
  const always: Trial[] = [];
  const endsAt = performance.now() + trialsWithinMs[quick ? 'quick' : 'full'];
  while (always.length < trials.most && performance.now() < endsAt) {
    const { atMs } = await play(context, 'db', [{ status: 503 }], order);
    always.push({ attempts: atMs.length, pausesMs: pauses(atMs) });
    betweenMs.push(...pauses((await play(context, 'db', [well], order)).atMs));
    const kind = readPauses(pausesOf(always), betweenMs, false);
    if (always.length >= trials.least && kind !== 'unclear') break;
  }
  const slow = quick ? undefined : await play(context, 'db', [{ ...well, delayMs: slowMs }], order);
  return {
    once: { status: once.result.status, answer: once.result.text },
    always,
    betweenMs,
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

function pausesOf(always: readonly Trial[]): (readonly number[])[] {
  return always.map(({ pausesMs }) => pausesMs);
}

/** The median of each pause over the trials. */
function mediansOf(trialsMs: readonly (readonly number[])[]): number[] {
  const count = Math.min(...trialsMs.map((pausesMs) => pausesMs.length));
  return Array.from({ length: count }, (_, index) => {
    const ofThisPause = trialsMs.map((pausesMs) => pausesMs[index] ?? 0);
    return percentile(ofThisPause, 0.5) ?? 0;
  });
}

/** Says whether failed calls were repeated with care. */
export function judgeTrials({ once, always, betweenMs, slow }: Trials, maxAttempts: number, meaning: Meaning): Finding {
  const attempts = Math.max(...always.map((trial) => trial.attempts), slow?.attempts ?? 0);
  if (attempts > maxAttempts)
    return finding('fail', `one order became ${attempts} requests to a failing database`, meaning);
  if (once.status !== 200) return finding('fail', `one failure of the database cost an order: ${once.answer}`, meaning);
  const kind = readPauses(pausesOf(always), betweenMs, true);
  const medians = mediansOf(pausesOf(always));
  const words = medians.map((pauseMs) => `${Math.round(pauseMs)} ms`).join(', ');
  if (kind === 'none') return finding('fail', 'a failing database was asked only once', meaning);
  if (kind === 'at-once') return finding('fail', `tries follow each other at once (pauses: ${words})`, meaning);
  if (kind === 'same') return finding('fail', `pauses do not grow: ${words}`, meaning);
  if (kind === 'unclear') {
    return finding('undetermined', `this machine is too busy to tell pauses (${words}) from its delays`, meaning);
  }
  if (slow && !slow.answered) {
    return finding('fail', `with a database that hangs, there was no answer in ${maxAnswerMs / 1000} s`, meaning);
  }
  const end = slow ? `; gives up on a hanging database after ${slow.durationMs} ms` : '';
  return finding('pass', `${attempts} tries, pauses of ${words}${end}`, meaning);
}
