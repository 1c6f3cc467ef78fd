import * as v from 'valibot';
import type { ServiceContext } from '../shared/context.ts';
import { createUpstream } from '../shared/upstream.ts';
import { type Order, product } from './order.ts';
import { retrying } from './retry.ts';

// One try. With the pauses between them four tries stay well below the deadline that api-service gives us.
const deadlineMs = 600;

export interface OrderStore {
  /** Undefined when the shop has no such item. */
  priceCentsOf(item: string): Promise<number | undefined>;
  save(order: Order): Promise<void>;
  /** A read of orders or products, as it comes; `path` with its query. */
  read(path: string): Promise<{ status: number; body: unknown }>;
  close(): Promise<void>;
}

/** Our side of database-service. Every call may be repeated: reads are, and an order is stored once under its id. */
export function createOrderStore(service: ServiceContext, url: string): OrderStore {
  const database = createUpstream(service, { name: 'database-service', url, deadlineMs });
  return {
    async priceCentsOf(item) {
      const path = `/products/${encodeURIComponent(item)}`;
      const found = await retrying((signal) => database.json({ method: 'GET', path, signal }, product));
      return found.body?.priceCents;
    },
    async save(order) {
      const { status } = await retrying((signal) =>
        database.json({ method: 'POST', path: '/orders', body: order, signal }, v.unknown()),
      );
      if (status >= 400) {
        throw new Error(`database-service refused order ${order.id} with ${status}`);
      }
    },
    read: (path) => retrying((signal) => database.json({ method: 'GET', path, signal }, v.unknown())),
    close: () => database.close(),
  };
}
