import { randomUUID } from 'node:crypto';

export interface Delivery {
  id: string;
  orderId: string;
  reference: string | null;
  channel: 'webhook';
  deliveredAt: string;
  attempt: number;
}

export interface Deliveries {
  /** Delivers once for each order: asked again, it answers with the delivery that was. */
  deliver(news: { orderId: string; reference: string | null }): Delivery;
  ofOrder(orderId: string): Delivery[];
  /** Newest first. */
  latest(limit: number): Delivery[];
  readonly size: number;
}

/** A webhook's stand-in: every delivery succeeds and is remembered, the newest `kept` of them. */
export function createDeliveries(options: { kept: number; now: () => number }): Deliveries {
  const byOrder = new Map<string, Delivery>();
  return {
    deliver({ orderId, reference }) {
      const before = byOrder.get(orderId);
      if (before) {
        return before;
      }
      const delivery: Delivery = {
        id: randomUUID(),
        orderId,
        reference,
        channel: 'webhook',
        deliveredAt: new Date(options.now()).toISOString(),
        attempt: 1,
      };
      byOrder.set(orderId, delivery);
      if (byOrder.size > options.kept) {
        byOrder.delete(byOrder.keys().next().value as string);
      }
      return delivery;
    },
    ofOrder(orderId) {
      const delivery = byOrder.get(orderId);
      return delivery ? [delivery] : [];
    },
    latest: (limit) => [...byOrder.values()].slice(-limit).toReversed(),
    get size() {
      return byOrder.size;
    },
  };
}
