import { randomBytes } from 'node:crypto';
import { Agent } from 'undici';
import { sleep, type Clock } from '../lib/clock.ts';
import type { Kube } from '../lib/kube/kube.ts';
import type { Baseline } from './baseline.ts';
import { askUrl } from './http.ts';
import { placeOrder, type PlacedOrder } from './order-client.ts';
import { parseQuantity } from './quantity.ts';
import { readPods, type Pod } from './state.ts';

export interface PodSample {
  atMs: number;
  pods: Pod[];
}

export interface UsageSample {
  atMs: number;
  pod: string;
  container: string;
  cpuCores: number;
  memoryBytes: number;
}

/** Everything that was watched while the system had to stay well. */
export interface Window {
  startedAtMs: number;
  endedAtMs: number;
  samples: PodSample[];
  usage: UsageSample[];
  orders: PlacedOrder[];
  /** Status of an order for something that the shop does not sell; null without an answer. */
  refusal: number | null;
  /** What nobody may do, and the status that whoever tried it got. */
  intrusions: { what: string; status: number | null }[];
  /** Why watching was not complete: then nobody knows what happened in between. */
  problem?: string;
}

export interface WindowOptions {
  kube: Kube;
  namespace: string;
  entranceUrl: string;
  baseline: Baseline;
  clock: Clock;
  /** The hour as this machine tells it; may jump. */
  wall: Clock;
  signal: AbortSignal;
  windowMs: number;
  quick: boolean;
}

export const orderCount = 20;
const sampleEveryMs = { full: 2_000, quick: 500 };
const usageEveryMs = { full: 5_000, quick: 1_500 };

/** More is no drift: then nobody knows how long the window really was. */
const maxJumpMs = 3_000;

/** An engine that is silent for so long will not come back within the window. */
const silentMs = 10_000;

/**
 * Watches pods and use, and places orders, for the length of the window.
 * @throws Error when the engine does not answer any more
 */
export async function watchWindow(options: WindowOptions): Promise<Window> {
  const { clock, wall, windowMs, quick } = options;
  const startedAtMs = clock.now();
  const aheadMs = wall.now() - startedAtMs;
  const endsAtMs = startedAtMs + windowMs;
  const mode = quick ? 'quick' : 'full';
  const samples: PodSample[] = [];
  const usage: UsageSample[] = [];
  const problems: string[] = [];
  const silence = new AbortController();
  const signal = AbortSignal.any([options.signal, silence.signal]);
  let heardAtMs = startedAtMs;
  const repeat = async (everyMs: number, look: () => Promise<void>): Promise<void> => {
    while (clock.now() < endsAtMs) {
      try {
        await look();
        heardAtMs = clock.now();
      } catch (error) {
        signal.throwIfAborted();
        const { message } = error as Error;
        problems.push(message);
        if (clock.now() - heardAtMs >= silentMs) silence.abort(new Error(`the engine has gone silent: ${message}`));
      }
      await sleep(clock, Math.min(everyMs, Math.max(1, endsAtMs - clock.now())), signal);
    }
  };
  const [trading] = await Promise.all([
    trade({ ...options, signal }, endsAtMs),
    repeat(sampleEveryMs[mode], async () => {
      samples.push({ atMs: clock.now(), pods: await readPods(options.kube, options.namespace) });
    }),
    repeat(usageEveryMs[mode], async () => {
      usage.push(...(await readUsage(options.kube, options.namespace, clock.now())));
    }),
  ]);
  const jumpedMs = Math.abs(wall.now() - clock.now() - aheadMs);
  if (jumpedMs > maxJumpMs) problems.push(`this machine's clock jumped by ${Math.round(jumpedMs / 1000)} s`);
  const [problem] = problems;
  return { startedAtMs, endedAtMs: clock.now(), samples, usage, ...trading, ...(problem && { problem }) };
}

/**
 * Half of the orders at the beginning, half at the end, so that a healthy moment is not enough.
 * Beside them what must be refused.
 */
async function trade(
  options: WindowOptions,
  endsAtMs: number,
): Promise<Pick<Window, 'orders' | 'refusal' | 'intrusions'>> {
  const { clock, signal, quick } = options;
  const everyMs = quick ? 200 : 1_000;
  const half = orderCount / 2;
  const agent = new Agent({ connections: 8 });
  try {
    const first = await placeOrders(options, agent, half, everyMs);
    await sleep(clock, Math.max(0, endsAtMs - half * everyMs - clock.now()), signal);
    const [second, refusal, intrusions] = await Promise.all([
      placeOrders(options, agent, half, everyMs),
      orderTheImpossible(options, agent),
      intrude(options, agent),
    ]);
    return { orders: [...first, ...second], refusal, intrusions };
  } finally {
    await agent.destroy();
  }
}

function placeOrders(
  options: WindowOptions,
  dispatcher: Agent,
  count: number,
  everyMs: number,
): Promise<PlacedOrder[]> {
  const { entranceUrl, clock, signal, baseline } = options;
  const items = Object.keys(baseline.prices);
  const placed = Array.from({ length: count }, async (_, index) => {
    await sleep(clock, index * everyMs, signal);
    const item = items[Math.floor(Math.random() * items.length)] ?? 'laptop';
    // What shoppers buy, and no more of it: nothing in an order may tell whose it is.
    const quantity = 1 + Math.floor(Math.random() * 3);
    return placeOrder(entranceUrl, { item, quantity }, { clock, signal, dispatcher });
  });
  return Promise.all(placed);
}

async function orderTheImpossible({ entranceUrl, signal }: WindowOptions, dispatcher: Agent): Promise<number | null> {
  const body = { item: `no-such-thing-${Math.floor(Math.random() * 1e6)}`, quantity: 1 };
  const url = `${entranceUrl}/api/orders`;
  return (await askUrl(url, { method: 'POST', body, timeoutMs: 5_000, signal, dispatcher })).status;
}

/** Tries what needs a session, once without one and once with one that nobody gave out. */
async function intrude(
  { entranceUrl, signal, baseline }: WindowOptions,
  dispatcher: Agent,
): Promise<Window['intrusions']> {
  const [item = 'laptop'] = Object.keys(baseline.prices);
  const forged = { authorization: `Bearer ${randomBytes(24).toString('base64url')}` };
  const ask = { timeoutMs: 5_000, signal, dispatcher };
  const [own, order] = await Promise.all([
    askUrl(`${entranceUrl}/api/orders/mine`, ask),
    askUrl(`${entranceUrl}/api/orders`, { ...ask, method: 'POST', body: { item, quantity: 1 }, headers: forged }),
  ]);
  return [
    { what: "a customer's own orders, asked for without a session,", status: own.status },
    { what: 'an order with a forged session', status: order.status },
  ];
}

interface PodMetrics {
  metadata: { name: string };
  containers: { name: string; usage: { cpu: string; memory: string } }[];
}

/** A cluster without metrics has none to show; the check on resources says so. */
async function readUsage(kube: Kube, namespace: string, atMs: number): Promise<UsageSample[]> {
  const response = await kube.request('GET', `/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods`);
  if (response.status !== 200) return [];
  return response.json<{ items: PodMetrics[] }>().items.flatMap(({ metadata, containers }) =>
    containers.map(({ name, usage }) => ({
      atMs,
      pod: metadata.name,
      container: name,
      cpuCores: parseQuantity(usage.cpu) ?? 0,
      memoryBytes: parseQuantity(usage.memory) ?? 0,
    })),
  );
}
