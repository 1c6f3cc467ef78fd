import { expect, it } from 'vitest';
import { setStatusCondition } from './conditions.ts';

const [early, late] = ['2026-11-21T10:00:00Z', '2026-11-21T11:00:00Z'];
const before = [
  { type: 'Ready', status: 'False', reason: 'Slow', lastTransitionTime: early },
  { type: 'Scaled', status: 'True', reason: 'Done', lastTransitionTime: early },
];

it('puts a condition in the place of the one of its type; its time moves with its status', () => {
  const next = { type: 'Ready', status: 'True', reason: 'Quick' };
  expect(setStatusCondition(before, next, late)).toEqual([{ ...next, lastTransitionTime: late }, before[1]]);
});

it('keeps the time of a status that stays, whatever the reason', () => {
  const next = { type: 'Ready', status: 'False', reason: 'Broken' };
  expect(setStatusCondition(before, next, late)).toEqual([{ ...next, lastTransitionTime: early }, before[1]]);
});

it('puts a condition of a new type at the end', () => {
  const next = { type: 'Full', status: 'False', reason: 'Room' };
  expect(setStatusCondition(before, next, late)).toEqual([...before, { ...next, lastTransitionTime: late }]);
  expect(setStatusCondition(undefined, next, late)).toEqual([{ ...next, lastTransitionTime: late }]);
});
