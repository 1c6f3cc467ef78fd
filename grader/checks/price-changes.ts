import { z } from 'zod';
import { sleep } from '../../lib/clock.ts';
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
  /** The variable with the address of whoever knows the prices. */
  variable: z.string(),
  /** Variables with addresses of dependencies that work. */
  others: z.array(z.string()).default([]),
  /** For so long the old price may still be charged. */
  withinSeconds: z.int().min(1).max(60),
});
type Params = z.infer<typeof params>;

const ordersAtOnePrice = 8;
/** An answer that is kept for a few seconds may run out once in between. */
const maxLookUps = 3;
const askEveryMs = 500;
const [oldCents, newCents] = [100, 200];

/** What a copy of the component charged before and after the price changed. */
export interface PriceTrial {
  /** Why the orders at the old price did not work, if so. */
  problem?: string;
  /** Orders at the old price, and how often the price was asked for them. */
  orders: number;
  lookUps: number;
  /** How long the old price was charged after the change; null when it never ended. */
  staleMs: number | null;
}

/** A price that changes is charged soon, and is not asked for with every order. */
export const priceChanges = defineCheck<Params>({ phase: 'during', params, run });

async function run(given: Params, context: CheckContext): Promise<Finding> {
  const { deployment: name, withinSeconds } = given;
  const meaning: Meaning = {
    expected: `a changed price is charged within ${withinSeconds} s, and ${ordersAtOnePrice} orders in a row don't ask for it each time`,
    why: 'customers who pay different prices for the same thing complain; a price that is asked for every time makes each order slower',
    where: `what ${name} charges after a price was changed, in each of its pods, and how often it asks for prices`,
  };
  const deployment = deploymentOf(context.state, name);
  if (!deployment) return finding('fail', `there is no Deployment ${name}`, meaning);
  const picked = pickPod(context.state, name);
  if ('problem' in picked) return finding('fail', picked.problem, meaning);
  const base = `http://stand-in.${context.labNamespace}:8090/s/${context.runId}`;
  const working = Object.fromEntries(given.others.map((other) => [other, `${base}-told`]));
  context.perturb('the stand-in played a database with a new price', () => forgetScripts(context, ['told', 'price']));
  await using copy = await startCopy(deployment, { ...working, [given.variable]: `${base}-price` }, context);
  return judgePrices(await tryPrices(given, copy.pod, context), given, meaning);
}

async function tryPrices({ port, withinSeconds }: Params, pod: string, context: CheckContext): Promise<PriceTrial> {
  const { kube, namespace, runId, clock, signal } = context;
  const body = { item: 'laptop', quantity: 1, reference: `${runId}-price`, customer: 'guest-trial' };
  const order = (): ReturnType<typeof askPod> =>
    askPod(kube, { namespace, pod, port, method: 'POST', path: '/orders', body, signal });
  const priced = (priceCents: number) => [{ status: 200, body: { item: 'laptop', title: 'laptop', priceCents } }];

  await play(context, 'told', [{ status: 200, body: {} }], async () => {});
  const before = await play(context, 'price', priced(oldCents), async () => {
    for (let placed = 0; placed < ordersAtOnePrice; placed++) {
      const answer = await order();
      if (unitPrice(answer) !== oldCents) return answerOf(answer);
    }
    return undefined;
  });
  const lookUps = before.paths.filter((path) => path.startsWith('/products')).length;
  const trial = { orders: ordersAtOnePrice, lookUps, staleMs: null };
  if (before.result !== undefined) return { ...trial, problem: before.result };

  const { result: staleMs } = await play(context, 'price', priced(newCents), async () => {
    const changedAtMs = clock.now();
    while (clock.now() - changedAtMs <= withinSeconds * 1000) {
      if (unitPrice(await order()) === newCents) return clock.now() - changedAtMs;
      await sleep(clock, askEveryMs, signal);
    }
    return null;
  });
  return { ...trial, staleMs };
}

function unitPrice(answer: Awaited<ReturnType<typeof askPod>>): unknown {
  return answer.json<{ unitPriceCents?: number }>().unitPriceCents;
}

export function judgePrices(
  { problem, orders, lookUps, staleMs }: PriceTrial,
  { withinSeconds }: Pick<Params, 'withinSeconds'>,
  meaning: Meaning,
): Finding {
  if (problem !== undefined) return finding('fail', `an order was answered ${problem}`, meaning);
  if (staleMs === null) {
    return finding('fail', `${withinSeconds} s after a price was changed the old one is still charged`, meaning);
  }
  return lookUps > maxLookUps
    ? finding('fail', `${orders} orders of the same thing asked for its price ${lookUps} times`, meaning)
    : finding(
        'pass',
        `the new price after ${(staleMs / 1000).toFixed(1)} s, ${lookUps} questions for ${orders} orders`,
        meaning,
      );
}
