import { z } from 'zod';
import { defineCheck, finding, type CheckContext, type Meaning } from '../check.ts';
import { pickPod } from '../component.ts';
import { answerOf, askPod } from '../proxy.ts';
import { isReady, podsOf } from '../state.ts';
import type { Finding } from '../verdict.ts';

const params = z.strictObject({
  deployment: z.string(),
  port: z.int(),
  /** Something that costs the component next to nothing. */
  path: z.string(),
  /** Within this time half of the questions are answered, though many come at once. */
  withinMs: z.number().positive(),
});
type Params = z.infer<typeof params>;

const rounds = 5;
const atOnce = 48;
const patienceMs = 4_000;

/** The component answers a small rush without making anyone wait. */
export const promptAnswers = defineCheck<Params>({ phase: 'after', params, run });

async function run({ deployment, port, path, withinMs }: Params, context: CheckContext): Promise<Finding> {
  const { kube, namespace, state, signal } = context;
  const meaning: Meaning = {
    expected: `each pod of ${deployment} answers ${rounds * atOnce} small questions, ${atOnce} at once, within ${withinMs} ms`,
    why: 'what is slow at the door is slow everywhere behind it',
    where: 'traces: whose own part is the long one? And kubectl top pod beside the limits in kubectl describe pod',
  };
  const picked = pickPod(state, deployment);
  if ('problem' in picked) return finding('fail', picked.problem, meaning);
  const durations: number[] = [];
  for (const { metadata } of podsOf(state, deployment).filter(isReady)) {
    const target = { namespace, pod: metadata.name, port, path, timeoutMs: patienceMs, signal };
    for (let round = 0; round < rounds; round++) {
      const started = performance.now();
      const answers = await Promise.all(Array.from({ length: atOnce }, () => askPod(kube, target)));
      const odd = answers.find(({ status }) => status !== 200);
      if (odd) return finding('fail', `${metadata.name} to GET ${path}: ${answerOf(odd)}`, meaning);
      durations.push(performance.now() - started);
    }
  }
  return durations.length === 0
    ? finding('fail', `no pod of ${deployment} is ready`, meaning)
    : judgeDurations(durations, withinMs, meaning);
}

/** The median round counts: a busy machine makes single ones late. */
export function judgeDurations(durations: readonly number[], withinMs: number, meaning: Meaning): Finding {
  const median = durations.toSorted((a, b) => a - b)[Math.floor(durations.length / 2)] ?? Infinity;
  const words = `${atOnce} questions at once take ${Math.round(median)} ms`;
  return finding(median > withinMs ? 'fail' : 'pass', words, meaning);
}
