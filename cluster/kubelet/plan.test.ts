import { describe, expect, it } from 'vitest';
import type { Pod } from '../objects/types.ts';
import type { ContainerRecord, EndedRun, Run } from './container-record.ts';
import { planPod } from './plan.ts';

const now = Date.parse('2026-11-20T16:47:00Z');
const seconds = 1000;

function podWith(spec: Partial<NonNullable<Pod['spec']>> = {}, metadata: Partial<Pod['metadata']> = {}): Pod {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', ...metadata }, spec: { containers: [], ...spec } };
}

function record(fields: Partial<ContainerRecord> = {}): ContainerRecord {
  return { name: 'app', kind: 'app', restartCount: 0, started: false, wasUp: false, ready: false, ...fields };
}

function ended(fields: Partial<EndedRun> = {}): EndedRun {
  const atMs = now - seconds;
  return {
    id: 'a',
    startedAtMs: atMs,
    finishedAtMs: atMs,
    attempt: 0,
    exitCode: 1,
    reason: 'Error',
    unhealthy: false,
    ...fields,
  };
}

const run: Run = { id: 'b', startedAtMs: now, attempt: 0, image: 'web:1', container: undefined as never };

describe('planPod', () => {
  it('starts a container that never ran', () => {
    expect(planPod(podWith(), [record()], now)).toEqual([{ kind: 'start', name: 'app' }]);
  });

  it('restarts the first failure at once and lets the next wait for ten seconds', () => {
    const backOff = { delayMs: 10_000, updatedAtMs: now };
    expect(planPod(podWith(), [record({ ended: ended() })], now)).toEqual([{ kind: 'start', name: 'app', backOff }]);
    const again = record({ ended: ended({ finishedAtMs: now }), restartBackOff: backOff });
    expect(planPod(podWith(), [again], now + 4 * seconds)).toEqual([
      { kind: 'back-off', name: 'app', delayMs: 10_000, remainingMs: 6 * seconds },
    ]);
    expect(planPod(podWith(), [again], now + 10 * seconds)).toMatchObject([
      { kind: 'start', backOff: { delayMs: 20_000 } },
    ]);
  });

  it('never waits longer than five minutes, and begins anew after ten minutes without a failure', () => {
    const atMost = record({
      ended: ended({ finishedAtMs: now }),
      restartBackOff: { delayMs: 300_000, updatedAtMs: now },
    });
    expect(planPod(podWith(), [atMost], now + 300_000)).toMatchObject([
      { kind: 'start', backOff: { delayMs: 300_000 } },
    ]);
    const calm = { delayMs: 300_000, updatedAtMs: now - 601 * seconds };
    const later = record({ ended: ended({ finishedAtMs: now }), restartBackOff: calm });
    expect(planPod(podWith(), [later], now)).toMatchObject([{ kind: 'start', backOff: { delayMs: 10_000 } }]);
  });

  // As recorded: killed every 45 s by its liveness probe, a container restarts five times at once, then waits 80 s.
  it('restarts an unhealthy container at once until the back-off is longer than its life', () => {
    const lifeMs = 45 * seconds;
    let one = record();
    const delays: (number | undefined)[] = [];
    for (let killedAt = now; ; killedAt += lifeMs) {
      one = { ...one, ended: ended({ finishedAtMs: killedAt, unhealthy: true }) };
      const [action] = planPod(podWith(), [one], killedAt);
      if (action?.kind !== 'start') {
        delays.push(action?.kind === 'back-off' ? -action.delayMs : 0);
        break;
      }
      delays.push(action.backOff?.delayMs);
      one = { ...one, ended: undefined, endedBefore: one.ended, restartBackOff: action.backOff ?? one.restartBackOff };
    }
    expect(delays).toEqual([undefined, 10_000, 20_000, 40_000, 80_000, -80_000]);
  });

  it('runs init containers one after the other before the others', () => {
    const [first, second, app] = [record({ name: 'a', kind: 'init' }), record({ name: 'b', kind: 'init' }), record()];
    expect(planPod(podWith(), [first, second, app], now)).toEqual([{ kind: 'start', name: 'a' }]);
    const done = { ...first, ended: ended({ exitCode: 0 }) };
    expect(planPod(podWith(), [done, second, app], now)).toEqual([{ kind: 'start', name: 'b' }]);
    const both = { ...second, ended: ended({ exitCode: 0 }) };
    expect(planPod(podWith(), [done, both, app], now)).toEqual([{ kind: 'start', name: 'app' }]);
  });

  it('leaves a finished pod alone when the policy says so', () => {
    const failed = [record({ ended: ended() })];
    expect(planPod(podWith({ restartPolicy: 'Never' }), failed, now)).toEqual([{ kind: 'finish' }]);
    expect(planPod(podWith({ restartPolicy: 'OnFailure' }), failed, now)).toMatchObject([{ kind: 'start' }]);
    const succeeded = [record({ ended: ended({ exitCode: 0 }) })];
    expect(planPod(podWith({ restartPolicy: 'OnFailure' }), succeeded, now)).toEqual([{ kind: 'finish' }]);
    expect(planPod(podWith({ restartPolicy: 'Always' }), succeeded, now)).toMatchObject([{ kind: 'start' }]);
  });

  it('stops the containers of a deleted pod and removes it when none is left', () => {
    const deleted = podWith({}, { deletionTimestamp: '2026-11-20T16:47:00Z' });
    expect(planPod(deleted, [record({ run })], now)).toEqual([{ kind: 'stop', name: 'app', why: 'deleted' }]);
    const stopping = record({ run: { ...run, stopping: { why: 'deleted', sinceMs: now } } });
    expect(planPod(deleted, [stopping], now)).toEqual([]);
    expect(planPod(deleted, [record({ ended: ended() })], now)).toEqual([{ kind: 'remove' }]);
  });

  it('starts sidecars in their order, each when the one before is up, and never holds up what runs', () => {
    const [proxy, agent] = [record({ name: 'proxy', kind: 'sidecar' }), record({ name: 'agent', kind: 'sidecar' })];
    expect(planPod(podWith(), [proxy, agent, record()], now)).toEqual([{ kind: 'start', name: 'proxy' }]);
    const starting = { ...proxy, run };
    expect(planPod(podWith(), [starting, agent, record()], now)).toEqual([]);
    const up = { ...proxy, run, wasUp: true };
    expect(planPod(podWith(), [up, agent, record()], now)).toEqual([{ kind: 'start', name: 'agent' }]);
    const crashed = { ...proxy, wasUp: true, ended: ended() };
    const others = [{ ...agent, run, wasUp: true }, record()];
    expect(planPod(podWith(), [crashed, ...others], now)).toMatchObject([
      { kind: 'start', name: 'proxy' },
      { kind: 'start', name: 'app' },
    ]);
  });

  it('stops sidecars after all others, the last one first', () => {
    const stop = (name: string) => [{ kind: 'stop', name, why: 'deleted' }];
    const sidecars = ['proxy', 'agent'].map((name) => record({ name, kind: 'sidecar', run, wasUp: true }));
    const deleted = podWith({}, { deletionTimestamp: '2026-11-20T16:47:00Z' });
    expect(planPod(deleted, [...sidecars, record({ run })], now)).toEqual(stop('app'));
    expect(planPod(deleted, [...sidecars, record({ ended: ended() })], now)).toEqual(stop('agent'));
    const job = podWith({ restartPolicy: 'Never' });
    expect(planPod(job, [sidecars[0]!, record({ ended: ended({ exitCode: 0 }) })], now)).toEqual(stop('proxy'));
  });

  it('restarts a container whose image has changed, whatever the policy', () => {
    const containers = [{ name: 'app', image: 'web:2' }];
    const pod = podWith({ restartPolicy: 'Never', containers });
    expect(planPod(pod, [record({ run })], now)).toEqual([{ kind: 'stop', name: 'app', why: 'changed' }]);
    const changed = record({ ended: ended({ changed: true }) });
    expect(planPod(pod, [changed], now)).toEqual([{ kind: 'start', name: 'app' }]);
  });

  it('ends a pod that as a whole has failed, and starts nothing any more', () => {
    expect(planPod(podWith(), [record({ run })], now, true)).toMatchObject([{ kind: 'stop', name: 'app' }]);
    expect(planPod(podWith(), [record({ ended: ended() })], now, true)).toEqual([{ kind: 'finish' }]);
  });
});
