import { z } from 'zod';
import { defineCheck, finding, type CheckContext, type Meaning } from '../check.ts';
import { pickPod } from '../component.ts';
import { startCopy } from '../private-copy.ts';
import { answerOf, askPod } from '../proxy.ts';
import { forgetScripts, play } from '../stand-in.ts';
import { deploymentOf } from '../state.ts';
import type { Finding } from '../verdict.ts';

const params = z.strictObject({
  deployment: z.string(),
  port: z.int(),
  /** The variable with the address of the dependency that is made slow. */
  variable: z.string(),
  /** Variables with addresses of dependencies that work. */
  others: z.array(z.string()).default([]),
  /** A dependency that takes so long is still well. */
  normalMs: z.int().min(1),
  /** The caller's own deadline: an answer after it reaches nobody. */
  withinMs: z.int().min(1),
});
type Params = z.infer<typeof params>;

const hangsMs = 30_000;
const patienceMs = 1_000;

interface Answered {
  status: number | null;
  text: string;
  durationMs: number;
}

/** What a copy of the component did with a dependency that was a little slow, and with one that hung. */
export interface DeadlineTrials {
  slow: Answered;
  hanging: Answered;
}

/** The component waits long enough, and not too long. */
export const deadlines = defineCheck<Params>({ phase: 'during', params, run });

async function run(given: Params, context: CheckContext): Promise<Finding> {
  const { deployment: name, normalMs, withinMs } = given;
  const meaning: Meaning = {
    expected: `an answer that takes ${normalMs} ms is waited for, and one that never comes is given up within ${withinMs / 1000} s`,
    why: 'who waits too short fails on a normal day, and who waits too long piles up requests whose customers have left',
    where: `how long ${name} waits for what it depends on, compared with how long its own caller waits for it`,
  };
  const deployment = deploymentOf(context.state, name);
  if (!deployment) return finding('fail', `there is no Deployment ${name}`, meaning);
  const picked = pickPod(context.state, name);
  if ('problem' in picked) return finding('fail', picked.problem, meaning);
  const base = `http://stand-in.${context.labNamespace}:8090/s/${context.runId}`;
  const working = Object.fromEntries(given.others.map((other) => [other, `${base}-prompt`]));
  context.perturb('the stand-in played a slow database', () => forgetScripts(context, ['prompt', 'late']));
  await using copy = await startCopy(deployment, { ...working, [given.variable]: `${base}-late` }, context);
  return judgeDeadlines(await tryBoth(given, copy.pod, context), given, meaning);
}

async function tryBoth(given: Params, pod: string, context: CheckContext): Promise<DeadlineTrials> {
  const { kube, namespace, runId, signal } = context;
  const body = { item: 'laptop', title: 'laptop', priceCents: 100, id: runId };
  const order = async (item: string): Promise<Answered> => {
    const started = performance.now();
    const answer = await askPod(kube, {
      namespace,
      pod,
      port: given.port,
      method: 'POST',
      path: '/orders',
      body: { item, quantity: 1, reference: `${runId}-late`, customer: 'guest-trial' },
      timeoutMs: given.withinMs + patienceMs,
      signal,
    });
    return { status: answer.status, text: answerOf(answer), durationMs: Math.round(performance.now() - started) };
  };
  await play(context, 'prompt', [{ status: 200, body: {} }], async () => {});
  const slow = await play(context, 'late', [{ status: 200, body, delayMs: given.normalMs }], () => order('laptop'));
  const hanging = await play(context, 'late', [{ status: 200, body, delayMs: hangsMs }], () => order('phone'));
  return { slow: slow.result, hanging: hanging.result };
}

export function judgeDeadlines(
  { slow, hanging }: DeadlineTrials,
  { normalMs, withinMs }: Pick<Params, 'normalMs' | 'withinMs'>,
  meaning: Meaning,
): Finding {
  if (slow.status !== 200) {
    return finding('fail', `with a database that takes ${normalMs} ms an order fails: ${slow.text}`, meaning);
  }
  if (hanging.status === null || hanging.durationMs > withinMs) {
    return finding('fail', `with a database that hangs there is no answer within ${withinMs / 1000} s`, meaning);
  }
  return hanging.status < 500
    ? finding('fail', `with a database that hangs an order is answered ${hanging.text}`, meaning)
    : finding('pass', `waits for ${normalMs} ms, gives up after ${hanging.durationMs} ms`, meaning);
}
