import { describe, expect, it } from 'vitest';
import type { Deployment, ReplicaSet } from '../../objects/types.ts';
import { rolloutLimits } from './limits.ts';
import { newReplicaSet, revisionOf } from './replica-sets.ts';
import { planRollout } from './rollout.ts';

type Strategy = NonNullable<Deployment['spec']>['strategy'];

function deployment(spec: { replicas?: number; image?: string; strategy?: Strategy; [field: string]: unknown } = {}) {
  const { image = 'shop:1', ...rest } = spec;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop', uid: 'd-1', generation: 1, annotations: {} },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image }] } },
      ...rest,
    },
  } as Deployment;
}

/** A replica set as an earlier template of the deployment left it. */
function replicaSet(
  image: string,
  replicas: number,
  options: { available?: number; revision?: number } = {},
): ReplicaSet {
  const { available = replicas, revision = 1 } = options;
  const made = newReplicaSet(deployment({ image }), [], replicas);
  made.metadata.uid = image;
  made.metadata.creationTimestamp = `2026-11-20T10:00:0${revision}Z`;
  made.metadata.annotations = { ...made.metadata.annotations, 'deployment.kubernetes.io/revision': String(revision) };
  return { ...made, status: { replicas, availableReplicas: available, readyReplicas: available } };
}

/** The plan in short: what happens to which image, and the size it gets. */
function plan(of: Deployment, replicaSets: ReplicaSet[], hasOldPods = false): string[] {
  return planRollout({ deployment: of, replicaSets, hasOldPods }).map(({ type, replicaSet: { spec } }) => {
    return `${type} ${spec?.template?.spec?.containers[0]?.image} ${spec?.replicas}`;
  });
}

/** The annotations that later scaling needs, as the deployment's size had them. */
function sizedFor(made: ReplicaSet, replicas: number, max: number): ReplicaSet {
  const annotations = {
    ...made.metadata.annotations,
    'deployment.kubernetes.io/desired-replicas': String(replicas),
    'deployment.kubernetes.io/max-replicas': String(max),
  };
  return { ...made, metadata: { ...made.metadata, annotations } };
}

describe('limits of a roll-out', () => {
  it.each([
    [{}, 2, { maxSurge: 1, maxUnavailable: 0 }],
    [{}, 10, { maxSurge: 3, maxUnavailable: 2 }],
    [{ maxSurge: 0, maxUnavailable: '10%' }, 4, { maxSurge: 0, maxUnavailable: 1 }],
    [{ maxSurge: 1, maxUnavailable: 5 }, 3, { maxSurge: 1, maxUnavailable: 3 }],
    [{ maxSurge: '100%', maxUnavailable: 0 }, 3, { maxSurge: 3, maxUnavailable: 0 }],
  ])('rounds surge up and unavailability down: %j of %i', (rollingUpdate, replicas, limits) => {
    expect(rolloutLimits(deployment({ replicas, strategy: { type: 'RollingUpdate', rollingUpdate } }))).toEqual(limits);
  });
});

describe('a rolling update', () => {
  it('creates the first replica set in full size', () => {
    expect(plan(deployment(), [])).toEqual(['create shop:1 2']);
  });

  it('starts the new template with the surge and keeps the old pods', () => {
    expect(plan(deployment({ image: 'shop:2' }), [replicaSet('shop:1', 2)])).toEqual(['create shop:2 1']);
  });

  it('waits while the new pod is not available', () => {
    const news = replicaSet('shop:2', 1, { available: 0, revision: 2 });
    expect(plan(deployment({ image: 'shop:2' }), [replicaSet('shop:1', 2), news])).toEqual([]);
  });

  it('takes an old pod away for each new one that is available', () => {
    const news = replicaSet('shop:2', 1, { revision: 2 });
    expect(plan(deployment({ image: 'shop:2' }), [replicaSet('shop:1', 2), news])).toEqual(['update shop:1 1']);
  });

  it('gives up old pods that never became available at once', () => {
    const broken = replicaSet('shop:2', 1, { available: 0, revision: 2 });
    const healthy = replicaSet('shop:1', 2, { revision: 3 });
    expect(plan(deployment({ image: 'shop:1' }), [healthy, broken])).toEqual(['update shop:2 0']);
  });

  it('lets the revision go forward when an old template comes back', () => {
    const broken = replicaSet('shop:2', 1, { available: 0, revision: 2 });
    const [action] = planRollout({
      deployment: deployment({ image: 'shop:1' }),
      replicaSets: [replicaSet('shop:1', 2), broken],
      hasOldPods: true,
    });
    expect(action?.type).toBe('update');
    expect(action && revisionOf(action.replicaSet)).toBe(3);
    expect(action?.replicaSet.metadata.annotations?.['deployment.kubernetes.io/revision-history']).toBe('1');
  });

  it('deletes the oldest empty replica sets beyond the history limit, once it is complete', () => {
    const all = [1, 2, 3].map((revision) => replicaSet(`shop:${revision}`, 0, { revision }));
    const news = replicaSet('shop:4', 2, { revision: 4 });
    const wanted = deployment({ image: 'shop:4', revisionHistoryLimit: 1 });
    expect(plan(wanted, [...all, news])).toEqual(['delete shop:1 0', 'delete shop:2 0']);
    expect(plan(wanted, [...all, replicaSet('shop:4', 2, { available: 1, revision: 4 })])).toEqual([]);
  });
});

describe('Recreate', () => {
  const strategy = { type: 'Recreate' };

  it('first empties the old, then waits for the pods to end, then creates the new', () => {
    const wanted = deployment({ image: 'shop:2', strategy });
    expect(plan(wanted, [replicaSet('shop:1', 2)], true)).toEqual(['update shop:1 0']);
    expect(plan(wanted, [replicaSet('shop:1', 0)], true)).toEqual([]);
    expect(plan(wanted, [replicaSet('shop:1', 0)], false)).toEqual(['create shop:2 2']);
  });
});

describe('pausing and scaling', () => {
  it('starts no roll-out while paused', () => {
    expect(plan(deployment({ image: 'shop:2', paused: true }), [replicaSet('shop:1', 2)])).toEqual([]);
  });

  it('scales a paused deployment all the same', () => {
    expect(plan(deployment({ replicas: 4, paused: true }), [replicaSet('shop:1', 2)])).toEqual(['update shop:1 4']);
  });

  it('shares a change of size out in proportion, in the middle of a roll-out', () => {
    const old = sizedFor(replicaSet('shop:1', 8), 10, 13);
    const news = sizedFor(replicaSet('shop:2', 5, { available: 0, revision: 2 }), 10, 13);
    const wanted = deployment({ image: 'shop:2', replicas: 20 });
    expect(plan(wanted, [old, news])).toEqual(['update shop:1 15', 'update shop:2 10']);
  });

  it('scales to nothing', () => {
    expect(plan(deployment({ replicas: 0 }), [replicaSet('shop:1', 2)])).toEqual(['update shop:1 0']);
  });

  it('leaves a deployment that is being deleted alone', () => {
    const going = deployment({ image: 'shop:2' });
    going.metadata.deletionTimestamp = '2026-11-20T10:00:00Z';
    expect(plan(going, [replicaSet('shop:1', 2)])).toEqual([]);
  });
});
