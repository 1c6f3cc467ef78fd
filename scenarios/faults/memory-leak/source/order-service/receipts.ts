import type { ServiceContext } from '../shared/context.ts';
import { gaugeOf } from '../shared/metrics.ts';
import type { Order } from './order.ts';

export interface Receipts {
  issue(order: Order): void;
  /** Undefined when none was issued. */
  ofOrder(orderId: string): Buffer | undefined;
}

/** The letterhead, as outlines that any printer can draw. */
const letterhead = Array.from({ length: 8_000 }, (_, index) => {
  const angle = index / 40;
  return `L${(400 + 300 * Math.cos(angle)).toFixed(4)} ${(120 + 80 * Math.sin(angle * 1.5)).toFixed(4)}`;
}).join('');

/** Receipts, ready to be printed. They are kept, so that a customer can have theirs again. */
export function createReceipts(service: ServiceContext): Receipts {
  const issued = new Map<string, Buffer>();
  gaugeOf(service.metrics, 'receipts_kept', 'Receipts that are ready to be printed', () => issued.size);
  return {
    issue(order) {
      issued.set(order.id, Buffer.from(print(order)));
    },
    ofOrder: (orderId) => issued.get(orderId),
  };
}

function print({ id, item, quantity, totalCents, currency, createdAt }: Order): string {
  const total = `${(totalCents / 100).toFixed(2)} ${currency}`;
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 1100">',
    `<path d="M0 0${letterhead}" fill="none" stroke="navy"/>`,
    ...[`Receipt ${id}`, createdAt, `${quantity} × ${item}`, `Total ${total}`].map(
      (line, index) => `<text x="80" y="${300 + 40 * index}">${line}</text>`,
    ),
    '</svg>',
  ].join('\n');
}
