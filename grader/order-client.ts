import { randomUUID } from 'node:crypto';
import type { Clock } from '../lib/clock.ts';
import type { Dispatcher } from 'undici';
import { askUrl, jsonOf } from './http.ts';

/** An order that the grader placed as a customer would, and what became of it. */
export interface PlacedOrder {
  reference: string;
  item: string;
  quantity: number;
  sentAtMs: number;
  durationMs: number;
  status: number | null;
  problem?: string;
  id?: string;
  totalCents?: number;
  traceId?: string;
}

interface Client {
  clock: Clock;
  signal?: AbortSignal | undefined;
  dispatcher?: Dispatcher;
}

/** Beyond this nobody waits for a shop; the agreed time is checked apart. */
const patienceMs = 5_000;

/** Places one order at the shop's entrance. A fresh reference makes it one that no one could have foreseen. */
export async function placeOrder(
  entranceUrl: string,
  { item, quantity }: { item: string; quantity: number },
  { clock, signal, dispatcher }: Client,
): Promise<PlacedOrder> {
  const reference = randomUUID();
  const sentAtMs = clock.now();
  const reply = await askUrl(`${entranceUrl}/api/orders`, {
    method: 'POST',
    body: { item, quantity, reference },
    timeoutMs: patienceMs,
    ...(signal && { signal }),
    ...(dispatcher && { dispatcher }),
  });
  const { id, totalCents, reference: echoed } = reply.status === 200 ? jsonOf(reply.text) : {};
  const isOurs = echoed === reference;
  const traceId = /^[\da-f]{2}-([\da-f]{32})-/.exec(String(reply.headers['traceparent'] ?? ''))?.[1];
  return {
    reference,
    item,
    quantity,
    sentAtMs,
    durationMs: reply.durationMs,
    status: reply.status,
    ...(reply.problem && { problem: reply.problem }),
    ...(isOurs && typeof id === 'string' && { id }),
    ...(isOurs && typeof totalCents === 'number' && { totalCents }),
    ...(traceId && { traceId }),
  };
}

/** What an order's reply was, in a few words. */
export function outcomeOf(order: PlacedOrder): string {
  if (order.problem) return order.problem;
  return order.status === 200 && !order.id ? '200 with an answer that is not our order' : `status ${order.status}`;
}
