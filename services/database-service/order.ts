import * as v from 'valibot';

const shortText = v.pipe(
  v.string('must be a text'),
  v.minLength(1, 'must not be empty'),
  v.maxLength(128, 'is too long'),
);
export const amount = v.pipe(
  v.number('must be a number'),
  v.safeInteger('must be a whole number'),
  v.minValue(0, 'must not be negative'),
);

/** An order as order-service has it stored. */
export const order = v.pipe(
  v.object(
    {
      id: shortText,
      item: shortText,
      quantity: v.pipe(amount, v.minValue(1, 'must be at least 1')),
      unitPriceCents: amount,
      totalCents: amount,
      currency: shortText,
      status: shortText,
      customer: shortText,
      reference: v.nullable(v.pipe(v.string('must be a text'), v.maxLength(128, 'is too long'))),
      createdAt: v.pipe(v.string('must be a time'), v.isoTimestamp('must be a time')),
    },
    'must be a JSON object',
  ),
  v.check(
    (stored) => stored.totalCents === stored.unitPriceCents * stored.quantity,
    'totalCents is not quantity times unitPriceCents',
  ),
);

export type Order = v.InferOutput<typeof order>;
