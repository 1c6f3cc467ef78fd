import { randomUUID } from 'node:crypto';
import { customers, type Errand, items, pick } from './basket.ts';

const ordersShare = 0.3;
const mistypedShare = 0.1;

/**
 * What a signed-in customer does next: mostly looks at their orders, now and then places one, or mistypes the number
 * of one. Whoever has no token
 * signs in first; whoever is told that theirs does not count complains by failing, and signs in again.
 * @param random from 0 up to but not including 1, as `Math.random`
 */
export function createRegulars(random: () => number): () => Errand {
  const tokens = new Map<string, string>();

  function signIn(username: string): Errand {
    return {
      path: '/api/login',
      headers: {},
      body: { username, password: 'cloudmart' },
      expected: 200,
      onAnswer(status, text) {
        const token = status === 200 ? tokenIn(text) : undefined;
        if (token !== undefined) {
          tokens.set(username, token);
        }
      },
    };
  }

  return () => {
    const username = pick(customers, random);
    const token = tokens.get(username);
    if (token === undefined) {
      return signIn(username);
    }
    const errand = {
      headers: { authorization: `Bearer ${token}` },
      expected: 200,
      onAnswer(status: number) {
        if (status === 401) {
          tokens.delete(username);
        }
      },
    };
    const what = random();
    if (what < ordersShare) {
      const body = { item: pick(items, random), quantity: 1, reference: randomUUID() };
      return { ...errand, path: '/api/orders', body };
    }
    return what < ordersShare + mistypedShare
      ? { ...errand, method: 'GET', path: `/api/orders/${randomUUID().slice(0, 13)}`, expected: 404 }
      : { ...errand, method: 'GET', path: '/api/orders/mine' };
  };
}

function tokenIn(text: string): string | undefined {
  try {
    const { token } = JSON.parse(text) as { token?: unknown };
    return typeof token === 'string' ? token : undefined;
  } catch {
    return undefined;
  }
}
