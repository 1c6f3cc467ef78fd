import { z } from 'zod';
import { defineCheck, finding, type CheckContext, type Meaning } from '../check.ts';
import { pickPod } from '../component.ts';
import { relyOnLab } from '../lab-workloads.ts';
import { answerOf, askPod, askService, type ComponentAnswer } from '../proxy.ts';
import { isReady, podsOf } from '../state.ts';
import { percentile } from '../statistics.ts';
import type { Finding } from '../verdict.ts';

const params = z.strictObject({
  deployment: z.string(),
  port: z.int(),
  /** Something that costs the component next to nothing, and that the lab's stand-in answers as well. */
  path: z.string(),
  /** So much longer than the stand-in it may take for a handful of questions at once. */
  maxExtraMs: z.number().positive(),
});
type Params = z.infer<typeof params>;

const rounds = 5;
const atOnce = 24;
const patienceMs = 10_000;
/** Where others take long as well, only what takes so many times longer is slow by its own fault. */
const tellingFactor = 3;

/** The component answers a handful of small questions as quickly as anybody does on this machine. */
export const promptAnswers = defineCheck<Params>({ phase: 'after', params, run });

async function run({ deployment, port, path, maxExtraMs }: Params, context: CheckContext): Promise<Finding> {
  const { kube, namespace, labNamespace, state, signal } = context;
  const meaning: Meaning = {
    expected: `each pod of ${deployment} answers ${atOnce} small questions at once hardly later than others do`,
    why: 'what is slow at the door is slow everywhere behind it',
    where: 'traces: whose own part is the long one? And kubectl top pod beside the limits in kubectl describe pod',
  };
  const picked = pickPod(state, deployment);
  if ('problem' in picked) return finding('fail', picked.problem, meaning);
  const pods = podsOf(state, deployment).filter(isReady);
  if (pods.length === 0) return finding('fail', `no pod of ${deployment} is ready`, meaning);
  relyOnLab(context);
  const question = { path, timeoutMs: patienceMs, signal };
  const askStandIn = (): Promise<ComponentAnswer> =>
    askService(kube, { ...question, namespace: labNamespace, service: 'stand-in', port: 8090 });
  for (const { metadata } of pods) {
    const askIt = (): Promise<ComponentAnswer> => askPod(kube, { ...question, namespace, pod: metadata.name, port });
    const [taken, besides]: [number[], number[]] = [[], []];
    // In turns, so that a busy moment of the machine slows both.
    for (let round = 0; round < rounds; round++) {
      besides.push((await askAtOnce(askStandIn)).durationMs);
      const { durationMs, odd } = await askAtOnce(askIt);
      if (odd) return finding('fail', `${metadata.name} to GET ${path}: ${answerOf(odd)}`, meaning);
      taken.push(durationMs);
    }
    const judged = judgeDurations(taken, besides, maxExtraMs, meaning);
    if (judged.verdict !== 'pass') return judged;
  }
  return finding('pass', `${pods.length} pods answer as quickly as others do`, meaning);
}

async function askAtOnce(
  ask: () => Promise<ComponentAnswer>,
): Promise<{ durationMs: number; odd: ComponentAnswer | undefined }> {
  const started = performance.now();
  const answers = await Promise.all(Array.from({ length: atOnce }, ask));
  return { durationMs: performance.now() - started, odd: answers.find(({ status }) => status !== 200) };
}

/** Compares the medians: who may use little CPU runs ahead for a moment, and a busy machine has bad ones. */
export function judgeDurations(
  taken: readonly number[],
  besides: readonly number[],
  maxExtraMs: number,
  meaning: Meaning,
): Finding {
  const [own, beside] = [percentile(taken, 0.5) ?? 0, percentile(besides, 0.5) ?? 0];
  const words = `${atOnce} questions at once take ${Math.round(own)} ms, elsewhere ${Math.round(beside)} ms`;
  const extra = own - beside;
  if (extra <= maxExtraMs) return finding('pass', words, meaning);
  const isTooBusy = beside > maxExtraMs && extra <= tellingFactor * beside;
  return isTooBusy
    ? finding('undetermined', `this machine is too busy to tell: ${words}`, meaning)
    : finding('fail', words, meaning);
}
