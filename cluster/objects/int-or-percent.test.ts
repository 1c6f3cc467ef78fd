import { expect, it } from 'vitest';
import { scaledValue } from './int-or-percent.ts';

it.for([
  [3, 10, 3, 3],
  ['50%', 10, 5, 5],
  ['25%', 7, 2, 1],
  ['30%', 7, 3, 2],
  ['0%', 7, 0, 0],
  ['200%', 3, 6, 6],
  ['ten', 7, 0, 0],
] as const)('%s of %i pods is %i, rounded up, and %i, rounded down', ([amount, total, up, down]) => {
  expect(scaledValue(amount, total, 'up')).toBe(up);
  expect(scaledValue(amount, total, 'down')).toBe(down);
});
