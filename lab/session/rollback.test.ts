import { describe, expect, it } from 'vitest';
import { planReturns } from './rollback.ts';

const spec = (image: string) => ({ containers: [{ name: 'shop', image }] });

function deployment(revision: number, image: string) {
  return {
    metadata: { name: 'shop', uid: 'd', annotations: { 'deployment.kubernetes.io/revision': String(revision) } },
    spec: { replicas: 1, template: { spec: spec(image) } },
  };
}

function replicaSet(revision: number, image: string, available = 0) {
  const { metadata } = deployment(revision, image);
  return {
    metadata: { ...metadata, uid: `r${revision}`, ownerReferences: [{ uid: 'd', controller: true }] },
    spec: { replicas: available, template: { spec: spec(image) } },
    status: { availableReplicas: available },
  };
}

const baseline = { deployments: [{ name: 'shop', replicas: 1, template: spec('shop:1.0.0'), imageIds: [] }] };

describe('a roll-back', () => {
  it('goes to the revision that ran before the incident, past others that did not serve', () => {
    const sets = [replicaSet(1, 'shop:1.0.0'), replicaSet(2, 'shop:1.1.0'), replicaSet(3, 'shop:1.1.1')];
    expect(planReturns([deployment(3, 'shop:1.1.1')], sets, baseline)).toEqual({
      returns: [{ deployment: 'shop', from: 3, to: 1, isPaused: false }],
      isPartial: false,
    });
  });

  it('goes to one that serves beside a newer one that does not get there', () => {
    const sets = [replicaSet(1, 'shop:1.0.0'), replicaSet(2, 'shop:1.1.0', 1), replicaSet(3, 'shop:1.1.1')];
    expect(planReturns([deployment(3, 'shop:1.1.1')], sets, baseline)).toMatchObject({ returns: [{ to: 2 }] });
  });

  it('knows what stands behind a roll-out that was paused before it began', () => {
    const paused = { ...deployment(1, 'shop:1.1.0'), spec: { ...deployment(1, 'shop:1.1.0').spec, paused: true } };
    expect(planReturns([paused], [replicaSet(1, 'shop:1.0.0', 1)], baseline)).toEqual({
      returns: [{ deployment: 'shop', from: 1, to: 1, isPaused: true }],
      isPartial: false,
    });
  });

  it('leaves alone what runs as before the incident', () => {
    expect(planReturns([deployment(1, 'shop:1.0.0')], [replicaSet(1, 'shop:1.0.0', 1)], baseline)).toEqual({
      returns: [],
      isPartial: false,
    });
  });

  it('knows no way back where nothing healthy ever ran, or where it is another one’s', () => {
    const broken = [deployment(2, 'shop:1.1.0')];
    const fresh = [replicaSet(2, 'shop:1.1.0')];
    const none = { returns: [], isPartial: true };
    expect(planReturns(broken, fresh, baseline)).toEqual(none);
    const stranger = replicaSet(1, 'shop:1.0.0', 1);
    stranger.metadata.ownerReferences = [{ uid: 'other', controller: true }];
    expect(planReturns(broken, [...fresh, stranger], baseline)).toEqual(none);
  });
});
