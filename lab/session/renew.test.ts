import { describe, expect, it } from 'vitest';
import type { Clock } from '../../lib/clock.ts';
import { KubeError } from '../../lib/kube/kube-error.ts';
import type { Kube } from '../../lib/kube/kube.ts';
import type { Fault } from '../../scenarios/fault.ts';
import { renewObjects } from './renew.ts';

/** Time that passes as soon as somebody waits. */
function hastyClock(): Clock {
  let nowMs = 0;
  return {
    now: () => nowMs,
    setTimeout(callback, delayMs) {
      nowMs += delayMs;
      queueMicrotask(callback);
      return { cancel: () => {} };
    },
  };
}

const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'orders', namespace: 'production' } };
const fault = (renewed: { kind: string; name: string }[]) => ({ component: 'api', inject: { renewed } }) as Fault;

/** A cluster whose only Deployment becomes available at the given time; what was done to it, and when. */
function setUp(availableAtMs: number) {
  const clock = hastyClock();
  const done: string[] = [];
  const kube = {
    list: async () => [
      {
        metadata: { name: 'api' },
        spec: {},
        status: { updatedReplicas: 1, availableReplicas: clock.now() >= availableAtMs ? 1 : 0 },
      },
    ],
    get: () => Promise.reject(new KubeError(404, 'NotFound', 'there is none')),
    delete: async (path: string) => void done.push(`delete ${path}`),
    create: async (path: string) => void done.push(`create in ${path}`),
  } as unknown as Kube;
  const renew = (faults: Fault[]) =>
    renewObjects(kube, 'production', faults, [service], { clock, signal: new AbortController().signal, patience: 1 });
  return { clock, done, renew };
}

describe('objects that are made anew', () => {
  it('are deleted and created once the component is at work and has had customers', async () => {
    const { clock, done, renew } = setUp(5_000);
    await renew([fault([{ kind: 'Service', name: 'orders' }])]);
    const services = '/api/v1/namespaces/production/services';
    expect(done).toEqual([`delete ${services}/orders`, `create in ${services}`]);
    expect(clock.now()).toBeGreaterThanOrEqual(8_000);
  });

  it('do not wait for ever for a component that another fault keeps down', async () => {
    const { clock, done, renew } = setUp(Number.POSITIVE_INFINITY);
    await renew([fault([{ kind: 'Service', name: 'orders' }])]);
    expect(done).toHaveLength(2);
    expect(clock.now()).toBeLessThan(30_000);
  });

  it('cost nothing where there are none', async () => {
    const { clock, done, renew } = setUp(0);
    await renew([fault([])]);
    expect([done, clock.now()]).toEqual([[], 0]);
  });
});
