import { describe, expect, it } from 'vitest';
import { begin, decide, remember, type Behavior, type Bounds, type History } from './pace.ts';

const empty: History = { recommendations: [], scaleUps: [], scaleDowns: [] };
const nowMs = 1_000_000_000;
const bounds = (currentReplicas: number, behavior?: Behavior): Bounds => ({
  minReplicas: 2,
  maxReplicas: 10,
  currentReplicas,
  behavior,
});
const behavior = (scaleUp: object, scaleDown: object = {}): Behavior => ({
  scaleUp: { selectPolicy: 'Max', policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }], ...scaleUp },
  scaleDown: { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }], ...scaleDown },
});

describe('without rules an autoscaler', () => {
  it.each([
    [3, 2, 3, 'DesiredWithinRange'],
    [9, 2, 4, 'ScaleUpLimit'],
    [9, 4, 8, 'ScaleUpLimit'],
    [12, 6, 10, 'TooManyReplicas'],
    [1, 3, 2, 'TooFewReplicas'],
  ])('that should have %d and has %d takes %d (%s)', (recommended, current, replicas, reason) => {
    const decision = decide(recommended, bounds(current), empty, nowMs);
    expect(decision).toMatchObject({ replicas, limited: { reason } });
    expect(decision.limited.status).toBe(replicas === recommended ? 'False' : 'True');
  });

  it('waits five minutes before it scales down', () => {
    const history = remember(empty, { recommended: 6, from: 6, to: 6 }, nowMs);
    const soon = decide(3, bounds(6), history, nowMs + 299_000);
    expect(soon).toMatchObject({ replicas: 6, able: { reason: 'ScaleDownStabilized' } });
    expect(decide(3, bounds(6), history, nowMs + 301_000)).toMatchObject({
      replicas: 3,
      able: { reason: 'ReadyForNewScale' },
    });
  });

  it('begins with the size that it finds', () => {
    expect(decide(2, bounds(5), begin(empty, 5, nowMs), nowMs + 15_000).replicas).toBe(5);
  });
});

describe('with rules an autoscaler', () => {
  it('adds no more pods in a period than they say', () => {
    const rules = behavior({});
    const first = decide(5, bounds(2, rules), empty, nowMs);
    expect(first).toMatchObject({ replicas: 3, limited: { reason: 'ScaleUpLimit' } });
    const after = remember(empty, { recommended: 5, from: 2, to: 3 }, nowMs);
    expect(decide(5, bounds(3, rules), after, nowMs + 30_000).replicas).toBe(3);
    expect(decide(5, bounds(3, rules), after, nowMs + 61_000).replicas).toBe(4);
  });

  it('takes the lowest or the highest of several policies, or none at all', () => {
    const policies = [
      { type: 'Pods', value: 1, periodSeconds: 60 },
      { type: 'Percent', value: 100, periodSeconds: 60 },
    ];
    const pick = (selectPolicy: string) =>
      decide(10, bounds(4, behavior({ policies, selectPolicy })), empty, nowMs).replicas;
    expect([pick('Max'), pick('Min'), pick('Disabled')]).toEqual([8, 5, 4]);
  });

  it('waits to scale up when they have a window, and scales down at once when theirs is 0', () => {
    const rules = behavior({ stabilizationWindowSeconds: 60 }, { stabilizationWindowSeconds: 0 });
    const history = remember(empty, { recommended: 4, from: 4, to: 4 }, nowMs);
    expect(decide(5, bounds(4, rules), history, nowMs + 15_000)).toMatchObject({
      replicas: 4,
      able: { reason: 'ScaleUpStabilized' },
    });
    expect(decide(2, bounds(4, rules), history, nowMs + 15_000).replicas).toBe(2);
  });
});
