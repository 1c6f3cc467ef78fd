import { z } from 'zod';
import { sleep } from '../../lib/clock.ts';
import { collectionPath } from '../../lib/kube/paths.ts';
import { blockedBy, defineCheck, finding, type Meaning, type WindowContext } from '../check.ts';
import { askUrl, jsonOf } from '../http.ts';
import { outcomeOf, placeOrder, type PlacedOrder } from '../order-client.ts';
import { isReady, podsOf, podWord, readState, type Pod, type State } from '../state.ts';
import type { Finding } from '../verdict.ts';

const backWithinMs = 25_000;
const lookEveryMs = 300;
const ordersInARow = 5;

const meaning: Meaning = {
  expected: `when one pod of each component is lost, others take its place, orders go on within ${backWithinMs / 1000} s, and nothing stored is missing`,
  why: 'pods are replaced on any ordinary day: what holds only as long as this very pod lives is not repaired',
  where: 'what each component is reached by, and what its pods know that is not in their Deployment',
};

/** What came after the pods were deleted. */
export interface Aftermath {
  /** Milliseconds until all was ready and orders came through again; null: not in time. */
  backMs: number | null;
  /** Components without enough ready pods at the end, each with the word for why. */
  missing: readonly string[];
  /** The last order that did not come through. */
  lastFailure?: string;
  /** Whether an order from before can still be read. */
  kept: boolean;
}

/** The shop bears the loss of a pod. Asked at the end, and only of a shop that works. */
export const podLoss = defineCheck<Record<string, never>>({ phase: 'perturbing', params: z.strictObject({}), run });

async function run(_: Record<string, never>, context: WindowContext): Promise<Finding> {
  if (context.quick)
    return finding('pass', 'not tried in a quick look; the full grading deletes a pod of each', meaning);
  const { kube, namespace, window, clock, signal } = context;
  const lost = window.orders.find(({ id }) => !id);
  if (lost || window.orders.length === 0) {
    return blockedBy(
      'orders',
      `not tried on a shop that does not take them (${lost ? outcomeOf(lost) : 'none'})`,
      meaning,
    );
  }
  const state = await readState(kube, namespace);
  const missing = shortages(state, context);
  if (missing.length > 0)
    return blockedBy('pods', `not tried on a shop that is not complete (${missing.join(', ')})`, meaning);
  const victims = context.baseline.deployments.flatMap(({ name }) => anyOf(podsOf(state, name).filter(isReady)) ?? []);
  const putBack = async (): Promise<void> => {
    const short = await awaitComplete(victims, context, clock.now() + backWithinMs);
    if (short.length > 0) throw new Error(short.join(', '));
  };
  context.perturb('one pod of each component was deleted', putBack, true);
  const begunMs = clock.now();
  const pods = collectionPath('v1', 'Pod', namespace);
  await Promise.all(victims.map(({ metadata }) => kube.delete(`${pods}/${metadata.name}`)));
  const deadline = begunMs + backWithinMs;
  const short = await awaitComplete(victims, context, deadline);
  const lastFailure = short.length > 0 ? undefined : await awaitOrders(context, deadline);
  const isBack = short.length === 0 && lastFailure === undefined;
  const backMs = isBack ? clock.now() - begunMs : null;
  const kept = isBack && (await isReadable(window.orders[0], context));
  signal.throwIfAborted();
  return judgeLoss({ backMs, missing: short, kept, ...(lastFailure !== undefined && { lastFailure }) });
}

export function judgeLoss({ backMs, missing, lastFailure, kept }: Aftermath): Finding {
  const after = `${backWithinMs / 1000} s after a pod of each was deleted`;
  if (missing.length > 0) return finding('fail', `${after}: ${missing.join(', ')}`, meaning);
  if (backMs === null) return finding('fail', `${after} orders still fail: ${lastFailure ?? 'no answer'}`, meaning);
  if (!kept) return finding('fail', 'an order from before the pods were deleted can no longer be read', meaning);
  return finding(
    'pass',
    `a pod of each was deleted, and orders went on after ${(backMs / 1000).toFixed(1)} s`,
    meaning,
  );
}

function anyOf(pods: readonly Pod[]): Pod | undefined {
  return pods[Math.floor(Math.random() * pods.length)];
}

/** Components with fewer ready pods than they had when all was well. */
function shortages(state: State, { baseline }: WindowContext, gone: ReadonlySet<string> = new Set()): string[] {
  return baseline.deployments.flatMap(({ name, replicas }) => {
    const pods = podsOf(state, name).filter(({ metadata }) => !gone.has(metadata.uid));
    if (pods.filter(isReady).length >= replicas) return [];
    const words = [...new Set(pods.filter((pod) => !isReady(pod)).map(podWord))];
    return [`${name}: ${words.length > 0 ? words.join(', ') : `${pods.length} of ${replicas} pods`}`];
  });
}

/** @returns who is still missing at the deadline */
async function awaitComplete(victims: readonly Pod[], context: WindowContext, deadline: number): Promise<string[]> {
  const { kube, namespace, clock, signal } = context;
  const gone = new Set(victims.map(({ metadata }) => metadata.uid));
  for (;;) {
    const missing = shortages(await readState(kube, namespace), context, gone);
    if (missing.length === 0 || clock.now() >= deadline) return missing;
    await sleep(clock, lookEveryMs, signal);
  }
}

/** @returns the last failure when orders in a row did not come through in time */
async function awaitOrders(context: WindowContext, deadline: number): Promise<string | undefined> {
  const { entranceUrl, baseline, clock, signal } = context;
  const [item = 'laptop'] = Object.keys(baseline.prices);
  let inARow = 0;
  let last: PlacedOrder | undefined;
  while (inARow < ordersInARow) {
    if (clock.now() >= deadline) return last ? outcomeOf(last) : 'none was placed in time';
    const order = await placeOrder(entranceUrl, { item, quantity: 1 }, { clock, signal });
    inARow = order.id ? inARow + 1 : 0;
    if (!order.id) {
      last = order;
      await sleep(clock, lookEveryMs, signal);
    }
  }
  return undefined;
}

async function isReadable(order: PlacedOrder | undefined, { entranceUrl, signal }: WindowContext): Promise<boolean> {
  const reply = await askUrl(`${entranceUrl}/api/orders/${order?.id}`, { timeoutMs: 4_000, signal });
  return reply.status === 200 && jsonOf(reply.text)['totalCents'] === order?.totalCents;
}
