import { describe, expect, it } from 'vitest';
import { copyOf } from './private-copy.ts';
import type { Container } from './state.ts';
import { deployment, healthyState, pod } from './testing/fixtures.ts';
import { isSettled } from './settle.ts';

const revision = 'deployment.kubernetes.io/revision';
const nowMs = Date.parse('2026-11-20T17:00:00Z');

describe('a private copy of a pod', () => {
  const copy = copyOf(
    deployment('shop', { env: [{ name: 'A', value: '1' }] }),
    'shop-copy',
    { A: '2', B: '3' },
    'run',
  ) as {
    metadata: { labels: Record<string, string> };
    spec: { containers: Container[]; restartPolicy: string; activeDeadlineSeconds: number };
  };

  it('carries none of the labels by which Services find the real one', () => {
    expect(copy.metadata.labels).toEqual({ 'brokenprod.dev/grader': 'run' });
  });
  it('may carry them, and then waits for ever to be put into service', () => {
    const labelled = copyOf(deployment('shop'), 'shop-copy', {}, 'run', {
      labels: { app: 'shop' },
      outOfService: true,
    });
    expect(labelled).toMatchObject({
      metadata: { labels: { app: 'shop', 'brokenprod.dev/grader': 'run' } },
      spec: { readinessGates: [{ conditionType: 'brokenprod.dev/in-service' }] },
    });
  });
  it('has the given variables in place of its own', () => {
    expect(copy.spec.containers[0]?.env).toEqual([
      { name: 'A', value: '2' },
      { name: 'B', value: '3' },
    ]);
  });
  it('ends by itself, and is not restarted', () => {
    expect(copy.spec).toMatchObject({ restartPolicy: 'Never', activeDeadlineSeconds: 180 });
    expect(copy.spec.containers[0]).not.toHaveProperty('livenessProbe');
  });
});

describe('the shop has settled', () => {
  it('when every pod is ready and the newest revision is all there is', () => {
    expect(isSettled(healthyState('shop'), nowMs)).toBe(true);
  });
  it('not while a young pod is starting, but once it has failed', () => {
    const state = healthyState('shop');
    const starting = pod('shop');
    starting.metadata.creationTimestamp = '2026-11-20T16:59:58Z';
    starting.status!.containerStatuses![0]!.ready = false;
    expect(isSettled({ ...state, pods: [starting] }, nowMs)).toBe(false);
    starting.status!.containerStatuses![0]!.restartCount = 1;
    expect(isSettled({ ...state, pods: [starting] }, nowMs)).toBe(true);
  });
  it('not while old pods still run', () => {
    const state = healthyState('shop');
    state.deployments[0]!.status = { observedGeneration: 1, replicas: 2, updatedReplicas: 1 };
    expect(isSettled(state, nowMs)).toBe(false);
  });
  it('once the new pods of a roll-out have failed, or nothing has moved for a while', () => {
    const state = healthyState('shop');
    const [set] = state.replicaSets;
    const fresh = { ...set!, metadata: { ...set!.metadata, uid: 'set-2', annotations: { [revision]: '2' } } };
    const rolling = (lastUpdateTime: string): typeof state => {
      const [given] = state.deployments;
      const conditions = [{ type: 'Progressing', lastUpdateTime }];
      const status = { observedGeneration: 1, replicas: 2, updatedReplicas: 1, conditions };
      return { ...state, replicaSets: [set!, fresh], deployments: [{ ...given!, status }] };
    };
    expect(isSettled(rolling('2026-11-20T16:59:58Z'), nowMs)).toBe(false);
    expect(isSettled(rolling('2026-11-20T16:59:50Z'), nowMs)).toBe(true);
    const failing = pod('shop', 'b');
    failing.metadata.ownerReferences![0]!.uid = 'set-2';
    failing.status!.containerStatuses![0] = { name: 'shop', ready: false, restartCount: 1 };
    const failed = rolling('2026-11-20T16:59:58Z');
    expect(isSettled({ ...failed, pods: [...failed.pods, failing] }, nowMs)).toBe(true);
    failing.metadata.ownerReferences![0]!.uid = 'set-shop';
    expect(isSettled({ ...failed, pods: [...failed.pods, failing] }, nowMs)).toBe(false);
  });
});
