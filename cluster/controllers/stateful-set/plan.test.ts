import { describe, expect, it } from 'vitest';
import type { Pod, StatefulSet } from '../../objects/types.ts';
import { REVISION_LABEL } from '../revisions.ts';
import { planStatefulSet } from './plan.ts';

function set(spec: Partial<NonNullable<StatefulSet['spec']>> = {}): StatefulSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'store' },
    spec: { replicas: 3, selector: {}, template: {}, updateStrategy: { type: 'RollingUpdate' }, ...spec },
  };
}

function pod(ordinal: number, { ready = true, revision = 'new', phase = 'Running', going = false } = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `store-${ordinal}`,
      labels: { [REVISION_LABEL]: revision },
      ...(going ? { deletionTimestamp: '2026-11-21T12:00:00Z' } : {}),
    },
    status: { phase, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  };
}

const plan = (of: StatefulSet, pods: Pod[]) =>
  planStatefulSet(of, pods, 'new', 0).map((step) =>
    step.kind === 'create' ? `create ${step.ordinal} ${step.revision}` : `delete ${step.pod.metadata.name}`,
  );

describe('a StatefulSet', () => {
  it('starts its pods in order, each when the one before is ready', () => {
    expect(plan(set(), [])).toEqual(['create 0 update']);
    expect(plan(set(), [pod(0, { ready: false })])).toEqual([]);
    expect(plan(set(), [pod(0)])).toEqual(['create 1 update']);
    expect(plan(set(), [pod(0), pod(2)])).toEqual(['create 1 update']);
  });

  it('starts all at once when it says Parallel', () => {
    expect(plan(set({ podManagementPolicy: 'Parallel' }), [pod(1)])).toEqual(['create 0 update', 'create 2 update']);
  });

  it('gives up the last pods first, one at a time', () => {
    const all = [pod(0), pod(1), pod(2)];
    expect(plan(set({ replicas: 1 }), all)).toEqual(['delete store-2']);
    expect(plan(set({ replicas: 1 }), [pod(0), pod(1), pod(2, { going: true })])).toEqual([]);
    expect(plan(set({ replicas: 1, podManagementPolicy: 'Parallel' }), all)).toEqual([
      'delete store-2',
      'delete store-1',
    ]);
  });

  it('replaces pods from the last on, and waits for each to be well again', () => {
    const old = { revision: 'old' };
    expect(plan(set(), [pod(0, old), pod(1, old), pod(2, old)])).toEqual(['delete store-2']);
    expect(plan(set(), [pod(0, old), pod(1, old), pod(2, { ready: false })])).toEqual([]);
    expect(plan(set(), [pod(0, old), pod(1, old), pod(2)])).toEqual(['delete store-1']);
  });

  it('keeps what lies below the partition at the revision it has', () => {
    const partitioned = set({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } });
    const old = { revision: 'old' };
    expect(plan(partitioned, [pod(0, old), pod(1, old), pod(2)])).toEqual([]);
    expect(plan(partitioned, [pod(0, old), pod(2)])).toEqual(['create 1 current']);
    expect(plan(set({ updateStrategy: { type: 'OnDelete' } }), [pod(0, old), pod(1, old), pod(2, old)])).toEqual([]);
  });

  it('replaces a pod that has ended by itself', () => {
    expect(plan(set(), [pod(0, { phase: 'Failed', ready: false }), pod(1), pod(2)])).toEqual(['delete store-0']);
  });
});
