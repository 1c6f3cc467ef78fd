import { describe, expect, it } from 'vitest';
import { judgePods } from './checks/pods-stable.ts';
import { unfinishedRollOut, unrestOf } from './pod-history.ts';
import type { Pod, State } from './state.ts';
import { baselineOf, healthyState, pod } from './testing/fixtures.ts';
import type { Window } from './window.ts';

const endedAtMs = Date.parse('2026-11-20T17:00:00Z');

function windowOf(...moments: Pod[][]): Window {
  const samples = moments.map((pods, index) => ({ atMs: endedAtMs - (moments.length - index) * 2_000, pods }));
  return { startedAtMs: endedAtMs - 120_000, endedAtMs, samples, usage: [], orders: [], refusal: null, intrusions: [] };
}

function withStatus(changes: object): Pod {
  const one = pod('shop');
  Object.assign(one.status!.containerStatuses![0]!, changes);
  return one;
}

const state = healthyState('shop');
const calm = [pod('shop')];

describe('the history of pods', () => {
  it.each<[string, Pod[][], RegExp]>([
    ['the same ready pod all along', [calm, calm, calm], /^$/],
    ['a moment of unreadiness in between', [calm, [withStatus({ ready: false })], calm], /not ready/],
    ['a pod more, as an autoscaler adds it', [calm, [...calm, pod('shop', 'b')]], /^$/],
    ['a pod that was exchanged', [calm, [pod('shop', 'b')]], /shop-1-b was created in the meantime/],
    [
      'a restart',
      [calm, [withStatus({ restartCount: 1, lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } } })]],
      /restarted.*OOMKilled, exit code 137/,
    ],
    ['no pods', [[], []], /0 of 1 pods/],
    [
      'a restart long ago',
      Array<Pod[]>(2).fill([
        withStatus({ restartCount: 4, lastState: { terminated: { exitCode: 1, finishedAt: '2026-11-20T16:30:00Z' } } }),
      ]),
      /^$/,
    ],
    [
      'a restart shortly before the window',
      Array<Pod[]>(2).fill([
        withStatus({ restartCount: 4, lastState: { terminated: { exitCode: 1, finishedAt: '2026-11-20T16:59:00Z' } } }),
      ]),
      /restarted 60 s ago/,
    ],
  ])('%s', (_, moments, unrest) => {
    expect(unrestOf('shop', 1, state, windowOf(...moments)).join('; ')).toMatch(unrest);
  });

  it('ignores pods of others and what is on its way out', () => {
    const leaving = pod('shop', 'old');
    leaving.metadata.deletionTimestamp = '2026-11-20T16:59:59Z';
    const bare = pod('shop', 'bare');
    bare.metadata.ownerReferences = [];
    expect(unrestOf('shop', 1, state, windowOf([...calm, leaving, bare], calm))).toEqual([]);
  });

  it('does not take a roll-out that is paused or unfinished for a result', () => {
    const paused: State = healthyState('shop');
    paused.deployments[0]!.spec.paused = true;
    const unfinished: State = healthyState('shop');
    unfinished.deployments[0]!.status = { observedGeneration: 1, replicas: 2, updatedReplicas: 1 };
    const waiting: State = healthyState('shop');
    waiting.deployments[0]!.status = { observedGeneration: 1, replicas: 1, updatedReplicas: 1, readyReplicas: 1 };
    expect(unfinishedRollOut('shop', paused)).toEqual(['the roll-out of shop is paused']);
    expect(unfinishedRollOut('shop', unfinished)).toEqual(['the roll-out of shop is not finished']);
    expect(unfinishedRollOut('shop', waiting)).toEqual(['the roll-out of shop is not finished']);
  });

  it('is no verdict when nobody could look', () => {
    const blind = { ...windowOf(calm, calm), problem: 'the cluster does not answer' };
    expect(judgePods(['shop'], { baseline: baselineOf('shop'), state, window: blind }).verdict).toBe('undetermined');
  });
});
