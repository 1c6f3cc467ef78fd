import { describe, expect, it } from 'vitest';
import type { Meaning } from '../check.ts';
import { judgeShares } from './even-load.ts';
import { judgeStrayed } from './only-reaches.ts';
import { saysTheSame } from './routes.ts';

const meaning: Meaning = { expected: 'e', why: 'w', where: 'l' };
const problem = (status: number, detail: string, traceId: string) => ({
  status,
  text: JSON.stringify({ status, detail, traceId }),
});

describe('a route leads where it belongs', () => {
  it.each([
    ['the same problem in another trace', problem(404, 'no such order', 'a'), problem(404, 'no such order', 'b'), true],
    ['a 404 of somebody else', problem(404, 'nothing here', 'a'), problem(404, 'no such order', 'a'), false],
    ['another status', problem(502, 'no such order', 'a'), problem(404, 'no such order', 'a'), false],
    ['the same list', { status: 200, text: '{"products":[]}' }, { status: 200, text: '{"products":[]}' }, true],
    ['another list', { status: 200, text: '{"products":[1]}' }, { status: 200, text: '{"products":[]}' }, false],
    ['silence', { status: null, text: '' }, { status: 200, text: '' }, false],
  ])('%s', (_, given, own, same) => {
    expect(saysTheSame(given, own)).toBe(same);
  });
});

describe('a component reaches only whom it needs', () => {
  const params = {
    deployment: 'orders',
    needs: { component: 'database', port: 1 },
    shuns: { component: 'auth', port: 2 },
  };

  it.each([
    ['what it should not reach is silent', { status: 504, text: '' }, 'pass'],
    ['it is answered', { status: 404, text: '' }, 'fail'],
    ['it is refused, so it got there', { status: 502, text: '' }, 'fail'],
    ['it could not be asked', { status: null, text: '', problem: 'no answer within 10 s' }, 'undetermined'],
  ])('%s: %s', (_, answer, verdict) => {
    expect(judgeStrayed(answer, params, meaning).verdict).toBe(verdict);
  });
});

describe('the load is even', () => {
  it.each([
    [[50, 50], 'pass'],
    [[80, 20], 'pass'],
    [[90, 10], 'fail'],
    [[100, 0], 'fail'],
    [[40, 40, 20], 'pass'],
    [[60, 38, 2], 'fail'],
    [[10, 10], 'fail'],
  ])('%j: %s', (shares, verdict) => {
    const names = shares.map((_, index) => `orders-${index}`);
    const found = judgeShares(names, shares, meaning);
    expect(found.verdict).toBe(verdict);
    expect(found.observed).toContain(`orders-0 ${shares[0]}`);
  });
});
