import { z } from 'zod';
import { defineCheck, finding, type CheckContext, type Meaning } from '../check.ts';
import { pickPod } from '../component.ts';
import { startCopy } from '../private-copy.ts';
import { answerOf, askPod, type ComponentAnswer } from '../proxy.ts';
import { forgetScripts, play } from '../stand-in.ts';
import { deploymentOf } from '../state.ts';
import type { Finding } from '../verdict.ts';

const params = z.strictObject({
  deployment: z.string(),
  port: z.int(),
  /** Variables with addresses of dependencies, which a stand-in plays. */
  variables: z.array(z.string()),
  maxKibPerOrder: z.number().positive(),
});
type Params = z.infer<typeof params>;

/** Until caches are full and the heap has its size. */
const warmUpOrders = 200;
const ordersPerRound = 250;
const fewestRounds = 2;
/** What is let go may stay until the collector comes: Node waits for 64 MiB of buffers, and longer on a busy machine. */
const mostRounds = 6;
const atOnce = 8;
const kib = 1024;

/** What a copy of the component did. */
export interface OrderRounds {
  /** Resident memory after the warm-up and after each round, bytes. */
  memory: readonly number[];
  /** Why it could not go on. */
  problem?: string;
}

/** The component does not get bigger with each order. */
export const memoryPerOrder = defineCheck<Params>({ phase: 'during', params, run });

async function run(given: Params, context: CheckContext): Promise<Finding> {
  const { deployment: name, variables, maxKibPerOrder } = given;
  const meaning: Meaning = {
    expected: `${name} needs no more memory after some hundred further orders than before them`,
    why: 'what grows with each order reaches every limit, and the more customers come the sooner',
    where: `what ${name} uses (kubectl top pod) over some minutes, its own metrics, and how its last container ended`,
  };
  const deployment = deploymentOf(context.state, name);
  if (!deployment) return finding('fail', `there is no Deployment ${name}`, meaning);
  const picked = pickPod(context.state, name);
  if ('problem' in picked) return finding('fail', picked.problem, meaning);
  const url = `http://stand-in.${context.labNamespace}:8090/s/${context.runId}-stock`;
  context.perturb('the stand-in played what an order needs', () => forgetScripts(context, ['stock']));
  const answer = { status: 200, body: { item: 'laptop', title: 'laptop', priceCents: 100, id: context.runId } };
  const { result } = await play(context, 'stock', [answer], async () => {
    await using copy = await startCopy(
      deployment,
      Object.fromEntries(variables.map((variable) => [variable, url])),
      context,
    );
    // Awaited here: the copy goes with this scope.
    return await placeRounds(given, copy.pod, context);
  });
  return judgeRounds(result, maxKibPerOrder, meaning);
}

async function placeRounds(given: Params, pod: string, context: CheckContext): Promise<OrderRounds> {
  const target = { namespace: context.namespace, pod, port: given.port, signal: context.signal };
  const memory: number[] = [];
  while (memory.length <= mostRounds) {
    const failed = await placeOrders(memory.length === 0 ? warmUpOrders : ordersPerRound, target, context);
    if (failed) return { memory, problem: answerOf(failed) };
    const metrics = await askPod(context.kube, { ...target, path: '/metrics' });
    const resident = /^process_resident_memory_bytes(?:\{.*\})? (\S+)$/m.exec(metrics.text)?.[1];
    if (resident === undefined) return { memory, problem: `GET /metrics: ${answerOf(metrics)}` };
    memory.push(Number(resident));
    if (memory.length > fewestRounds && kibPerOrder(memory) <= given.maxKibPerOrder) break;
  }
  return { memory };
}

/** @returns the first answer that is no success */
async function placeOrders(
  count: number,
  target: { namespace: string; pod: string; port: number; signal: AbortSignal },
  { kube, runId }: CheckContext,
): Promise<ComponentAnswer | undefined> {
  for (let placed = 0; placed < count; placed += atOnce) {
    const answers = await Promise.all(
      Array.from({ length: atOnce }, () =>
        askPod(kube, {
          ...target,
          method: 'POST',
          path: '/orders',
          body: { item: 'laptop', quantity: 1, reference: `${runId}-memory`, customer: 'guest-trial' },
        }),
      ),
    );
    const failed = answers.find(({ status }) => status !== 200);
    if (failed) return failed;
  }
  return undefined;
}

/** What has been left behind since the warm-up. */
function kibPerOrder([warm = 0, ...rounds]: readonly number[]): number {
  return ((rounds.at(-1) ?? warm) - warm) / (ordersPerRound * rounds.length) / kib;
}

/** What keeps something of each order has more in the end, however often the heap was tidied up in between. */
export function judgeRounds({ memory, problem }: OrderRounds, maxKibPerOrder: number, meaning: Meaning): Finding {
  const orders = ordersPerRound * Math.max(0, memory.length - 1);
  if (problem !== undefined) {
    const placed = memory.length > 0 ? warmUpOrders + orders : `fewer than ${warmUpOrders}`;
    return finding('fail', `after ${placed} orders: ${problem}`, meaning);
  }
  const growth = kibPerOrder(memory);
  const words = `each of ${orders} orders left ${Math.max(0, growth).toFixed(1)} KiB of memory behind`;
  return finding(growth > maxKibPerOrder ? 'fail' : 'pass', words, meaning);
}
