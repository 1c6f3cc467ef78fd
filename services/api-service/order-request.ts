import * as v from 'valibot';

/** What a customer may ask for. */
export const orderRequest = v.object(
  {
    item: v.pipe(
      v.string('must be the name of a product'),
      v.trim(),
      v.minLength(1, 'must be the name of a product'),
      v.maxLength(64, 'has at most 64 characters'),
    ),
    quantity: v.optional(
      v.pipe(
        v.number('must be a whole number from 1 to 100'),
        v.integer('must be a whole number from 1 to 100'),
        v.minValue(1, 'must be a whole number from 1 to 100'),
        v.maxValue(100, 'must be a whole number from 1 to 100'),
      ),
      1,
    ),
    reference: v.nullish(
      v.pipe(v.string('must be a text of at most 64 characters'), v.maxLength(64, 'has at most 64 characters')),
      null,
    ),
  },
  'must be a JSON object such as {"item": "laptop", "quantity": 1}',
);
