import * as v from 'valibot';
import type { ServiceContext } from '../shared/context.ts';
import { createUpstream } from '../shared/upstream.ts';
import type { Config } from './config.ts';
import { type Order, product } from './order.ts';
import { createPriceCache } from './price-cache.ts';
import { retrying } from './retry.ts';

export interface OrderStore {
  /** Undefined when the shop has no such item. */
  priceCentsOf(item: string): Promise<number | undefined>;
  save(order: Order): Promise<void>;
  /** A read of orders or products, as it comes; `path` with its query. */
  read(path: string): Promise<{ status: number; body: unknown }>;
  close(): Promise<void>;
}

/** Our side of database-service. Every call may be repeated: reads are, and an order is stored once under its id. */
export function createOrderStore(service: ServiceContext, config: Config): OrderStore {
  const database = createUpstream(service, {
    name: 'database-service',
    url: config.DATABASE_URL,
    deadlineMs: config.DATABASE_TIMEOUT_MS,
  });
  const headers: Record<string, string> =
    config.DB_PASSWORD === undefined ? {} : { authorization: `Bearer ${config.DB_PASSWORD}` };

  const prices = createPriceCache({
    ttlMs: config.PRICE_CACHE_SECONDS * 1000,
    now: () => performance.now(),
    async load(item) {
      const path = `/products/${encodeURIComponent(item)}`;
      const call = { method: 'GET' as const, path, headers };
      const { status, body } = await retrying((signal) => database.json({ ...call, signal }, product));
      if (body === undefined && status !== 404) {
        throw new Error(`database-service refused the price of ${item} with ${status}`);
      }
      return body?.priceCents;
    },
  });

  return {
    priceCentsOf: (item) => prices.get(item),
    async save(order) {
      const call = { method: 'POST' as const, path: '/orders', body: order, headers };
      const { status } = await retrying((signal) => database.json({ ...call, signal }, v.unknown()));
      if (status >= 400) {
        throw new Error(`database-service refused order ${order.id} with ${status}`);
      }
    },
    read: (path) => retrying((signal) => database.json({ method: 'GET', path, headers, signal }, v.unknown())),
    close: () => database.close(),
  };
}
