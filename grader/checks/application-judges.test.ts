import { describe, expect, it } from 'vitest';
import type { Meaning } from '../check.ts';
import { judgeDeadlines } from './deadlines.ts';
import { judgePrices } from './price-changes.ts';
import { judgeReads } from './quick-reads.ts';

const meaning: Meaning = { expected: '', why: '', where: '' };

describe('deadlines', () => {
  const given = { normalMs: 200, withinMs: 6_000 };
  const well = { status: 200, text: '200 {}', durationMs: 400 };
  const gaveUp = { status: 504, text: '504 late', durationMs: 3_000 };

  it.each([
    ['waits and gives up in time', well, gaveUp, 'pass', 'gives up after 3000 ms'],
    ['does not wait at all', { ...well, status: 504, text: '504 late' }, gaveUp, 'fail', 'takes 200 ms an order fails'],
    ['never answers', well, { status: null, text: 'no answer', durationMs: 7_000 }, 'fail', 'no answer within 6 s'],
    ['answers after its caller has left', well, { ...gaveUp, durationMs: 6_500 }, 'fail', 'no answer within 6 s'],
    ['says that all is well', well, { ...gaveUp, status: 200, text: '200 {}' }, 'fail', 'is answered 200 {}'],
  ])('who %s', (_, slow, hanging, verdict, observed) => {
    const found = judgeDeadlines({ slow, hanging }, given, meaning);
    expect(found.verdict).toBe(verdict);
    expect(found.observed).toContain(observed);
  });
});

describe('price changes', () => {
  const trial = { orders: 8, lookUps: 1, staleMs: 4_000 };

  it.each([
    ['after a few seconds, with few questions', trial, 'pass'],
    ['never', { ...trial, staleMs: null }, 'fail'],
    ['at once, by asking for every order', { ...trial, lookUps: 8, staleMs: 10 }, 'fail'],
    ['unknown, as orders fail', { ...trial, problem: '503 down' }, 'fail'],
  ])('charged %s', (_, given, verdict) => {
    expect(judgePrices(given, { withinSeconds: 15 }, meaning).verdict).toBe(verdict);
  });
});

describe('quick reads', () => {
  it('are compared at their quickest, so that late answers decide nothing', () => {
    expect(judgeReads([70, 3, 90], [2, 2, 2], 4, meaning).verdict).toBe('pass');
    expect(judgeReads([20, 20, 23], [2, 60, 60], 4, meaning).verdict).toBe('fail');
  });

  it('allow for a machine on which everything is slow', () => {
    expect(judgeReads([42, 41, 43], [40, 41, 39], 4, meaning).verdict).toBe('pass');
    expect(judgeReads([36, 35, 43], [15, 17, 16], 10, meaning).verdict).toBe('pass');
    expect(judgeReads([168, 180, 171], [15, 17, 16], 10, meaning).verdict).toBe('fail');
  });
});
