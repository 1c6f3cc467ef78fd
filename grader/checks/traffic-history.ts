import { z } from 'zod';
import { sleep } from '../../lib/clock.ts';
import { blockedBy, defineCheck, finding, type CheckContext, type Meaning } from '../check.ts';
import { pickPod } from '../component.ts';
import { effectiveEnv } from '../effective-env.ts';
import { answerOf, askPod } from '../proxy.ts';
import { isReady } from '../state.ts';
import type { Finding } from '../verdict.ts';

const params = z.strictObject({
  deployment: z.string(),
  /** The container beside the service that records what it does. */
  recorder: z.string(),
});
type Params = z.infer<typeof params>;

const patienceMs = 4_000;
const lookEveryMs = 500;
/** A recorder that looks every second has a fresh sample. */
const freshMs = 10_000;

/** One look of the recorder at its neighbour. */
export interface Sample {
  at: string;
  requests: number;
}

/** The recorder beside a service still sees what the service does, on whatever port it tells of it. */
export const trafficHistory = defineCheck<Params>({ phase: 'after', params, run });

async function run({ deployment, recorder }: Params, context: CheckContext): Promise<Finding> {
  const { kube, namespace, signal, clock } = context;
  const meaning: Meaning = {
    expected: `${recorder} in each pod of ${deployment} tells of the requests of the last minutes`,
    why: 'what changed is the first question of the next incident, and this is what answers it',
    where: `the containers of ${deployment}'s pod, and the log of each`,
  };
  const picked = pickPod(context.state, deployment);
  if ('problem' in picked) return blockedBy(deployment, picked.problem, meaning);
  const container = picked.pod.spec.containers.find(({ name }) => name === recorder);
  if (!container) return finding('fail', `there is no ${recorder} in the pod of ${deployment} any more`, meaning);
  if (!isReady(picked.pod)) return finding('fail', `the pod of ${deployment} is not ready`, meaning);
  const port = Number((await effectiveEnv(kube, namespace, container)).get('PORT') ?? 9090);
  const pod = picked.pod.metadata.name;
  const deadline = clock.now() + patienceMs;
  for (;;) {
    const answer = await askPod(kube, { namespace, pod, port, path: '/history', signal });
    const { samples } = answer.json<{ samples?: Sample[] }>();
    const found = samples
      ? judgeHistory(samples, clock.now(), meaning)
      : finding('fail', `${recorder} answers ${answerOf(answer)}`, meaning);
    if (found.verdict === 'pass' || clock.now() >= deadline) return found;
    await sleep(clock, lookEveryMs, signal);
  }
}

export function judgeHistory(samples: readonly Sample[], nowMs: number, meaning: Meaning): Finding {
  const last = samples.at(-1);
  if (!last) return finding('fail', 'nothing has been recorded', meaning);
  const agoMs = nowMs - Date.parse(last.at);
  if (!(agoMs < freshMs)) return finding('fail', `nothing has been recorded since ${last.at}`, meaning);
  const requests = samples.reduce((sum, sample) => sum + sample.requests, 0);
  return requests > 0
    ? finding('pass', `${requests} requests in ${samples.length} samples`, meaning)
    : finding('fail', 'no request has been recorded, although there were some', meaning);
}
