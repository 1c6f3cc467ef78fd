import { z } from 'zod';
import { sleep } from '../../lib/clock.ts';
import { defineCheck, finding, type Meaning, type WindowContext } from '../check.ts';
import { pickPod } from '../component.ts';
import { askUrl, jsonOf } from '../http.ts';
import { outcomeOf, type PlacedOrder } from '../order-client.ts';
import { askPod } from '../proxy.ts';
import type { Finding } from '../verdict.ts';
import type { Window } from '../window.ts';

const maxMs = 2_000;
const patienceMs = 6_000;

const meaning: Meaning = {
  expected: `every order answered 200 in less than ${maxMs / 1000} s with the right total, readable, stored, and notified once`,
  why: 'this is what the shop is for',
  where: 'follow one order by its trace id or reference through the logs, from the gateway down',
};

/** What became of one order behind the entrance. */
export interface Aftermath {
  readTotal: unknown;
  storedTotal: unknown;
  /** What the customer wrote on it; an answer from a cache leads to somebody else's order. */
  storedReference: unknown;
  notified: number;
}

/** The grader's own orders arrive, in full. */
export const orders = defineCheck<Record<string, never>>({ phase: 'after', params: z.strictObject({}), run });

async function run(_: Record<string, never>, context: WindowContext): Promise<Finding> {
  const { orders: placed } = context.window;
  const early = judgeReplies(context.window, context.baseline.prices);
  if (early) return early;
  const aftermaths = await Promise.all(placed.map((order) => follow(order, context)));
  return judgeAftermaths(placed, aftermaths);
}

/** A failure that the entrance's own answers show; undefined when they are all right. */
export function judgeReplies(
  { orders: placed, refusal, intrusions }: Pick<Window, 'orders' | 'refusal' | 'intrusions'>,
  prices: Readonly<Record<string, number>>,
): Finding | undefined {
  const failed = placed.filter((order) => !order.id);
  if (failed.length > 0) {
    const kinds = Map.groupBy(failed, outcomeOf);
    const words = [...kinds].map(([outcome, group]) => `${group.length} × ${outcome}`);
    return finding(
      'fail',
      `${placed.length - failed.length} of ${placed.length} orders succeeded; ${words.join(', ')}`,
      meaning,
    );
  }
  const slow = placed.filter(({ durationMs }) => durationMs >= maxMs);
  if (slow.length > 0) {
    const worst = Math.max(...slow.map(({ durationMs }) => durationMs));
    return finding(
      'fail',
      `${slow.length} of ${placed.length} orders took too long, the longest ${Math.round(worst)} ms`,
      meaning,
    );
  }
  const wrong = placed.find(({ item, quantity, totalCents }) => totalCents !== (prices[item] ?? NaN) * quantity);
  if (wrong)
    return finding('fail', `${wrong.quantity} × ${wrong.item} were charged ${wrong.totalCents} cents`, meaning);
  if (refusal === null || refusal < 400 || refusal >= 500) {
    return finding('fail', `an order for something that the shop does not sell got ${refusal ?? 'no answer'}`, meaning);
  }
  const accepted = intrusions.find(({ status }) => status !== null && status < 400);
  if (accepted) return finding('fail', `${accepted.what} got ${accepted.status}`, meaning);
  return undefined;
}

async function follow(order: PlacedOrder, context: WindowContext): Promise<Aftermath> {
  const { clock, signal, entranceUrl } = context;
  const [read, stored] = await Promise.all([
    askUrl(`${entranceUrl}/api/orders/${order.id}`, { timeoutMs: 4_000, signal }),
    askComponent('database-service', 8080, `/orders/${order.id}`, context),
  ]);
  const deadline = clock.now() + patienceMs;
  for (;;) {
    const answer = await askComponent('notification-service', 3004, `/notifications?orderId=${order.id}`, context);
    const { deliveries } = answer as { deliveries?: unknown[] };
    const notified = Array.isArray(deliveries) ? deliveries.length : 0;
    if (notified > 0 || clock.now() >= deadline) {
      const { totalCents: storedTotal, reference: storedReference } = stored;
      return { readTotal: jsonOf(read.text)['totalCents'], storedTotal, storedReference, notified };
    }
    await sleep(clock, 500, signal);
  }
}

async function askComponent(
  deployment: string,
  port: number,
  path: string,
  { kube, namespace, state, signal }: WindowContext,
): Promise<Record<string, unknown>> {
  const picked = pickPod(state, deployment);
  if ('problem' in picked) return {};
  return (await askPod(kube, { namespace, pod: picked.pod.metadata.name, port, path, signal })).json();
}

export function judgeAftermaths(placed: readonly PlacedOrder[], aftermaths: readonly Aftermath[]): Finding {
  const count = (isBad: (aftermath: Aftermath, order: PlacedOrder) => boolean): number =>
    aftermaths.filter((aftermath, index) => isBad(aftermath, placed[index] as PlacedOrder)).length;
  const problems = [
    [
      count((found, order) => found.storedTotal !== order.totalCents || found.storedReference !== order.reference),
      'not in the database as confirmed',
    ],
    [count(({ readTotal }, { totalCents }) => readTotal !== totalCents), 'not readable afterwards'],
    [count(({ notified }) => notified === 0), 'never notified'],
    [count(({ notified }) => notified > 1), 'notified more than once'],
  ] as const;
  const words = problems.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  return words.length > 0
    ? finding('fail', `of ${placed.length} confirmed orders: ${words.join(', ')}`, meaning)
    : finding('pass', `${placed.length} of ${placed.length}, stored, readable and notified once`, meaning);
}
