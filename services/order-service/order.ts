import { randomUUID } from 'node:crypto';
import * as v from 'valibot';

/** An order as api-service asks for it: checked there for the customer, here for ourselves. */
export const orderRequest = v.object(
  {
    item: v.pipe(v.string('must be a text'), v.minLength(1, 'must not be empty'), v.maxLength(64, 'is too long')),
    quantity: v.optional(
      v.pipe(
        v.number('must be a number'),
        v.integer('must be whole'),
        v.minValue(1, 'is below 1'),
        v.maxValue(100, 'is over 100'),
      ),
      1,
    ),
    reference: v.nullish(v.pipe(v.string('must be a text'), v.maxLength(64, 'is too long')), null),
    customer: v.pipe(v.string('must be a text'), v.minLength(1, 'must not be empty'), v.maxLength(128, 'is too long')),
  },
  'must be a JSON object',
);

export const product = v.object({ priceCents: v.pipe(v.number(), v.integer(), v.minValue(0)) });

export interface Order {
  id: string;
  item: string;
  quantity: number;
  unitPriceCents: number;
  totalCents: number;
  currency: 'USD';
  status: 'confirmed';
  customer: string;
  reference: string | null;
  createdAt: string;
}

/** The id is given here and not by the database: storing an order again is then the same as storing it once. */
export function newOrder(asked: v.InferOutput<typeof orderRequest>, unitPriceCents: number, nowMs: number): Order {
  return {
    id: randomUUID(),
    item: asked.item,
    quantity: asked.quantity,
    unitPriceCents,
    totalCents: unitPriceCents * asked.quantity,
    currency: 'USD',
    status: 'confirmed',
    customer: asked.customer,
    reference: asked.reference,
    createdAt: new Date(nowMs).toISOString(),
  };
}
