import { describe, expect, it } from 'vitest';
import type { Pod, PodDisruptionBudget } from '../objects/types.ts';
import { budgetStatus } from './disruption.ts';

const nowMs = Date.parse('2026-11-21T12:00:00Z');
const pod = (name: string, ready = true): Pod =>
  ({
    metadata: { name },
    status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  }) as unknown as Pod;
const budget = (spec: object, status: object = {}): PodDisruptionBudget =>
  ({ metadata: { name: 'web', generation: 1 }, spec, status }) as unknown as PodDisruptionBudget;
const three = [pod('a'), pod('b'), pod('c')];

describe('a disruption budget', () => {
  it.each([
    [{ minAvailable: 2 }, 3, 2, 1],
    [{ minAvailable: 5 }, 3, 5, 0],
    [{ minAvailable: '50%' }, 3, 2, 1],
    [{ maxUnavailable: 1 }, 3, 2, 1],
    [{ maxUnavailable: '30%' }, 3, 2, 1],
    [{ maxUnavailable: 0 }, 3, 3, 0],
    // Four are wanted and three are there: what is missing counts as disrupted already.
    [{ maxUnavailable: 1 }, 4, 3, 0],
  ])('%o with %d wanted keeps %d and lets %d go', (spec, expected, desiredHealthy, disruptionsAllowed) => {
    expect(budgetStatus(budget(spec), three, expected, nowMs)).toMatchObject({
      currentHealthy: 3,
      desiredHealthy,
      disruptionsAllowed,
    });
  });

  it('counts neither unready pods nor those just evicted, the latter for two minutes', () => {
    const evicted = { disruptedPods: { a: '2026-11-21T11:59:00Z' } };
    const pods = [pod('a'), pod('b'), pod('c', false)];
    const soon = budgetStatus(budget({ minAvailable: 1 }, evicted), pods, 3, nowMs);
    expect(soon).toMatchObject({ currentHealthy: 1, disruptionsAllowed: 0, ...evicted });
    expect(soon.conditions?.[0]).toMatchObject({
      type: 'DisruptionAllowed',
      status: 'False',
      reason: 'InsufficientPods',
    });
    const later = budgetStatus(budget({ minAvailable: 1 }, evicted), pods, 3, nowMs + 120_000);
    expect(later).toMatchObject({ currentHealthy: 2, disruptionsAllowed: 1 });
    expect(later).not.toHaveProperty('disruptedPods');
  });

  it('that covers no pods lets none go', () => {
    expect(budgetStatus(budget({ minAvailable: 0 }), [], 0, nowMs).disruptionsAllowed).toBe(0);
  });
});
