import { describe, expect, it } from 'vitest';
import { toTimestamp } from '../../../lib/clock.ts';
import type { Deployment, ReplicaSet } from '../../objects/types.ts';
import { deploymentStatus, untilDeadlineMs } from './status.ts';

const startMs = Date.parse('2026-11-20T10:00:00Z');

function deployment(overrides: Partial<NonNullable<Deployment['spec']>> = {}): Deployment {
  const spec = { replicas: 2, progressDeadlineSeconds: 30, selector: {}, template: {}, ...overrides };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', generation: 3 }, spec };
}

function replicaSet(name: string, replicas: number, available: number): ReplicaSet {
  const status = { replicas, readyReplicas: available, availableReplicas: available };
  return { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name }, spec: { replicas, selector: {} }, status };
}

/** The statuses that follow from one another, one for each observation; times in seconds from the start. */
function follow(
  of: Deployment,
  observations: { atS: number; current: ReplicaSet; old?: ReplicaSet[]; created?: boolean }[],
) {
  let deploymentNow = of;
  return observations.map(({ atS, current, old = [], created = false }) => {
    const nowMs = startMs + atS * 1000;
    const observation = { deployment: deploymentNow, replicaSets: [current, ...old], current, created };
    const status = deploymentStatus(observation, nowMs);
    deploymentNow = { ...deploymentNow, status };
    return status;
  });
}

function brief(status: Deployment['status']): string[] {
  return (status?.conditions ?? []).map(({ type, status: value, reason }) => `${type} ${value} ${reason}`);
}

describe('the status of a deployment', () => {
  it('goes from created through progress to available, as recorded', () => {
    const [created, progressing, complete] = follow(deployment(), [
      { atS: 0, current: replicaSet('web-1', 0, 0), created: true },
      { atS: 0, current: replicaSet('web-1', 2, 0) },
      { atS: 1, current: replicaSet('web-1', 2, 2) },
    ]);
    expect(brief(created)).toEqual([
      'Progressing True NewReplicaSetCreated',
      'Available False MinimumReplicasUnavailable',
    ]);
    expect(brief(progressing)).toEqual([
      'Available False MinimumReplicasUnavailable',
      'Progressing True ReplicaSetUpdated',
    ]);
    expect(complete).toEqual({
      observedGeneration: 3,
      replicas: 2,
      updatedReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 2,
      terminatingReplicas: 0,
      conditions: [
        {
          type: 'Available',
          status: 'True',
          reason: 'MinimumReplicasAvailable',
          message: 'Deployment has minimum availability.',
          lastUpdateTime: toTimestamp(startMs + 1000),
          lastTransitionTime: toTimestamp(startMs + 1000),
        },
        {
          type: 'Progressing',
          status: 'True',
          reason: 'NewReplicaSetAvailable',
          message: 'ReplicaSet "web-1" has successfully progressed.',
          lastUpdateTime: toTimestamp(startMs + 1000),
          lastTransitionTime: toTimestamp(startMs),
        },
      ],
    });
  });

  it('exceeds its deadline only when nothing has progressed for that long', () => {
    const old = [replicaSet('web-1', 2, 2)];
    const stuck = replicaSet('web-2', 1, 0);
    const of = deployment();
    const statuses = follow(of, [
      { atS: 0, current: replicaSet('web-2', 0, 0), old, created: true },
      { atS: 20, current: stuck, old },
      { atS: 49, current: stuck, old },
      { atS: 51, current: stuck, old },
    ]);
    expect(statuses.map((status) => brief(status).find((text) => text.startsWith('Progressing')))).toEqual([
      'Progressing True NewReplicaSetCreated',
      'Progressing True ReplicaSetUpdated',
      'Progressing True ReplicaSetUpdated',
      'Progressing False ProgressDeadlineExceeded',
    ]);
    expect(untilDeadlineMs(of, statuses[2] ?? {}, startMs + 49_000)).toBe(2000);
    expect(untilDeadlineMs(of, statuses[3] ?? {}, startMs + 51_000)).toBeUndefined();
  });

  it('has no deadline once complete, even if a pod fails later', () => {
    const [, later] = follow(deployment(), [
      { atS: 0, current: replicaSet('web-1', 2, 2) },
      { atS: 500, current: replicaSet('web-1', 2, 1) },
    ]);
    expect(brief(later)).toEqual([
      'Progressing True NewReplicaSetAvailable',
      'Available False MinimumReplicasUnavailable',
    ]);
  });

  it('tells why pods cannot be created, and forgets it when they can', () => {
    const refused = replicaSet('web-1', 2, 0);
    const failure = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'exceeded quota' };
    const [failing, recovered] = follow(deployment(), [
      { atS: 0, current: { ...refused, status: { replicas: 0, conditions: [failure] } } },
      { atS: 1, current: replicaSet('web-1', 2, 2) },
    ]);
    expect(brief(failing).at(-1)).toBe('ReplicaFailure True FailedCreate');
    expect(brief(recovered).join()).not.toContain('ReplicaFailure');
  });

  it('is unknown to progress while paused, and goes on after', () => {
    const current = replicaSet('web-1', 2, 2);
    const [running] = follow(deployment(), [{ atS: 0, current }]);
    const pausedOnes = follow({ ...deployment({ paused: true }), status: running }, [{ atS: 5, current }]);
    const resumed = follow({ ...deployment(), status: pausedOnes[0] }, [
      { atS: 6, current },
      { atS: 6, current },
    ]);
    expect([...pausedOnes, ...resumed].map((status) => brief(status).at(-1))).toEqual([
      'Progressing Unknown DeploymentPaused',
      'Progressing Unknown DeploymentResumed',
      'Progressing True NewReplicaSetAvailable',
    ]);
  });
});
