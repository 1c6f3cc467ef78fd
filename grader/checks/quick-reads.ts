import { z } from 'zod';
import { defineCheck, finding, type CheckContext, type Meaning } from '../check.ts';
import { pickPod } from '../component.ts';
import { answerOf, askPod } from '../proxy.ts';
import type { Finding } from '../verdict.ts';

const params = z.strictObject({
  deployment: z.string(),
  port: z.int(),
  /** The read in question. `$nonce` stands for a word that no one could foresee. */
  path: z.string(),
  /** A read of the same component that touches one row. */
  beside: z.string(),
  /** Four at once may take so much longer than twice what the others take. */
  maxExtraMs: z.number().positive(),
});
type Params = z.infer<typeof params>;

const rounds = 10;
/** What looks slow is asked on and on: on a busy machine it takes a while until one round is not held up. */
const mostRounds = 40;
/** Several at once add up what each costs the component, and the way there counts only once. */
const atOnce = 4;

/** A read takes about as long as one of a single row, however much there is to look through. */
export const quickReads = defineCheck<Params>({ phase: 'after', params, run });

async function run({ deployment, port, path, beside, maxExtraMs }: Params, context: CheckContext): Promise<Finding> {
  const meaning: Meaning = {
    expected: `${atOnce} times GET ${path} at ${deployment} take at most twice as long as GET ${beside} and ${maxExtraMs} ms`,
    why: 'a read that gets slower with every day of business makes everything beside it wait',
    where:
      'which requests are slow (traces, http_request_duration_seconds by route), and what the database has to do for them',
  };
  const picked = pickPod(context.state, deployment);
  if ('problem' in picked) return finding('fail', picked.problem, meaning);
  const { kube, namespace, runId, signal } = context;
  const target = { namespace, pod: picked.pod.metadata.name, port, signal };
  const [readMs, besideMs]: [number[], number[]] = [[], []];
  let judged: Finding;
  do {
    // In turns, so that a busy moment of the machine slows both.
    for (const [durations, asked] of [
      [readMs, path.replaceAll('$nonce', `n${runId}${readMs.length}`)],
      [besideMs, beside],
    ] as const) {
      const started = performance.now();
      const answers = await Promise.all(Array.from({ length: atOnce }, () => askPod(kube, { ...target, path: asked })));
      const odd = answers.find(({ status }) => status !== 200);
      if (odd) return finding('fail', `GET ${asked}: ${answerOf(odd)}`, meaning);
      durations.push(performance.now() - started);
    }
    judged = judgeReads(readMs, besideMs, maxExtraMs, meaning);
  } while (readMs.length < rounds || (judged.verdict === 'fail' && readMs.length < mostRounds));
  return judged;
}

/**
 * Compares the quickest of each: a busy machine makes some answers late, but none early. One that is slow in all slows
 * what they differ by as well, so as much again as the read of one row is granted.
 */
export function judgeReads(
  readMs: readonly number[],
  besideMs: readonly number[],
  maxExtraMs: number,
  meaning: Meaning,
): Finding {
  const [read, beside] = [Math.min(...readMs), Math.min(...besideMs)];
  const words = `${atOnce} at once take ${read.toFixed(1)} ms at their quickest, beside ${beside.toFixed(1)} ms for a single row`;
  return finding(read - beside > beside + maxExtraMs ? 'fail' : 'pass', words, meaning);
}
