import { randomUUID } from 'node:crypto';

export interface Errand {
  /** Default POST. */
  method?: 'GET' | 'POST';
  path: string;
  headers: Record<string, string>;
  body?: Record<string, unknown>;
  /** The status that a healthy shop answers. */
  expected: number;
  /** Told of the answer, its text included. */
  onAnswer?: (status: number, text: string) => void;
}

export const items = ['laptop', 'phone', 'tablet', 'keyboard', 'mouse', 'headphones', 'ssd', 'book'];

/**
 * What the next shopper wants. A small share of them err, as people do, and a healthy shop tells them so.
 * @param random from 0 up to but not including 1, as `Math.random`
 */
export function nextOrder(oddShare: number, random: () => number): Errand {
  const order: Errand = {
    path: '/api/orders',
    headers: {},
    body: { item: pick(items, random), quantity: 1 + Math.floor(random() * 3), reference: randomUUID() },
    expected: 200,
  };
  if (random() >= oddShare) {
    return order;
  }
  return pick(
    [
      { ...order, body: { ...order.body, item: 'unicorn' }, expected: 422 },
      { ...order, body: { ...order.body, quantity: 0 }, expected: 400 },
      { ...order, headers: { authorization: 'Bearer expired-long-ago' }, expected: 401 },
    ],
    random,
  );
}

export const customers = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace'];

/** The mobile app signs its user in. */
export function nextSignIn(random: () => number): Errand {
  return {
    path: '/login',
    headers: {},
    body: { username: pick(customers, random), password: 'cloudmart' },
    expected: 200,
  };
}

export function pick<T>(choices: readonly T[], random: () => number): T {
  return choices[Math.floor(random() * choices.length)] as T;
}
