import { describe, expect, it } from 'vitest';
import { judgeLoss, type Aftermath } from './pod-loss.ts';
import { judgeReadiness } from './readiness.ts';

describe('a replica that hangs', () => {
  const left = { joinedMs: 400, leftMs: 2_900 };
  it.each([
    [[['a', left] as const, ['b', { ...left, leftMs: 3_100 }] as const], 'pass', /2 components left within 3.1 s/],
    [[['a', left] as const, ['b', { ...left, leftMs: null }] as const], 'fail', /hanging copy of b was still sent/],
    [[['a', { joinedMs: null, leftMs: null }] as const], 'undetermined', /blocked by a/],
    [[['a', { joinedMs: null, leftMs: null }] as const, ['b', { ...left, leftMs: null }] as const], 'fail', /of b/],
  ])('%j: %s', (trials, verdict, observed) => {
    expect(judgeReadiness(trials)).toMatchObject({ verdict, observed: expect.stringMatching(observed) as string });
  });
});

describe('the loss of a pod of each component', () => {
  const borne: Aftermath = { backMs: 2_500, missing: [], kept: true };
  it.each<[Partial<Aftermath>, string, RegExp]>([
    [{}, 'pass', /orders went on after 2.5 s/],
    [{ backMs: null, missing: ['gateway: ErrImagePull'] }, 'fail', /gateway: ErrImagePull/],
    [{ backMs: null, lastFailure: 'status 504' }, 'fail', /orders still fail: status 504/],
    [{ kept: false }, 'fail', /can no longer be read/],
  ])('%j: %s', (changes, verdict, observed) => {
    expect(judgeLoss({ ...borne, ...changes })).toMatchObject({
      verdict,
      observed: expect.stringMatching(observed) as string,
    });
  });
});
