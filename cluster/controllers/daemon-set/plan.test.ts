import { describe, expect, it } from 'vitest';
import type { DaemonSet, Node, Pod } from '../../objects/types.ts';
import { planDaemonSet, podFor } from './plan.ts';

const daemons: DaemonSet = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'agent' },
  spec: { selector: {}, template: { spec: { containers: [{ name: 'a' }] } } },
};

function node(name: string, spec: Node['spec'] = {}, labels: Record<string, string> = {}): Node {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, spec };
}

function pod(nodeName: string, hash: string, { ready = true, phase = 'Running' } = {}): Pod {
  const made = podFor(daemons, nodeName, hash);
  const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False' }];
  return { ...made, metadata: { ...made.metadata, name: `${nodeName}-${hash}` }, status: { phase, conditions } };
}

const plan = (owned: Pod[], nodes: Node[], of = daemons) => planDaemonSet(of, owned, { nodes, hash: 'new', nowMs: 0 });
const names = (pods: Pod[]) => pods.map(({ metadata }) => metadata.name);

describe('a DaemonSet', () => {
  it('has one pod on each node, cordoned ones too, but not where a taint keeps it off', () => {
    const tainted = node('c', { taints: [{ key: 'only', value: 'gpu', effect: 'NoSchedule' }] });
    const nodes = [node('a'), node('b', { unschedulable: true }), tainted];
    expect(plan([], nodes).create).toEqual(['a', 'b']);
    const { create, status } = plan([pod('a', 'new')], nodes);
    expect(create).toEqual(['b']);
    expect(status).toMatchObject({ desiredNumberScheduled: 2, currentNumberScheduled: 1, numberReady: 1 });
  });

  it('leaves a pod where it is when a taint comes that keeps only new ones off', () => {
    const tainted = (effect: string) => node('a', { taints: [{ key: 'only', value: 'gpu', effect }] });
    const { remove, status } = plan([pod('a', 'new')], [tainted('NoSchedule')]);
    expect(remove).toEqual([]);
    expect(status).toMatchObject({ desiredNumberScheduled: 0, currentNumberScheduled: 0, numberMisscheduled: 1 });
    expect(names(plan([pod('a', 'new')], [tainted('NoExecute')]).remove)).toEqual(['a-new']);
  });

  it('follows its node selector', () => {
    const spec = { containers: [{ name: 'a' }], nodeSelector: { disk: 'ssd' } };
    const picky = { ...daemons, spec: { selector: {}, template: { spec } } };
    expect(plan([], [node('a'), node('b', {}, { disk: 'ssd' })], picky).create).toEqual(['b']);
    expect(names(plan([pod('a', 'new')], [node('a')], picky).remove)).toEqual(['a-new']);
  });

  it('replaces old pods one by one, those that are not well at once', () => {
    const nodes = [node('a'), node('b'), node('c')];
    const old = [pod('a', 'old'), pod('b', 'old'), pod('c', 'old')];
    expect(names(plan(old, nodes).remove)).toEqual(['a-old']);
    expect(names(plan([pod('a', 'new', { ready: false }), pod('b', 'old'), pod('c', 'old')], nodes).remove)).toEqual(
      [],
    );
    expect(names(plan([pod('a', 'old'), pod('b', 'old', { ready: false })], nodes.slice(0, 2)).remove)).toEqual([
      'b-old',
    ]);
  });

  it('replaces a pod that has failed', () => {
    expect(names(plan([pod('a', 'new', { phase: 'Failed', ready: false })], [node('a')]).failed)).toEqual(['a-new']);
  });

  describe('that may surge', () => {
    const rollingUpdate = { maxSurge: 1, maxUnavailable: 0 };
    const spec = { ...daemons.spec!, updateStrategy: { type: 'RollingUpdate', rollingUpdate } };
    const surging = { ...daemons, spec };
    const nodes = [node('a'), node('b')];
    const changes = (owned: Pod[]) => {
      const { create, remove } = plan(owned, nodes, surging);
      return { create, remove: names(remove) };
    };

    it('brings the new pod first, on one node at a time, and then takes the old one away', () => {
      const old = [pod('a', 'old'), pod('b', 'old')];
      expect(changes(old)).toEqual({ create: ['a'], remove: [] });
      const coming = pod('a', 'new', { ready: false });
      expect(changes([...old, coming])).toEqual({ create: [], remove: [] });
      expect(changes([...old, pod('a', 'new')])).toEqual({ create: ['b'], remove: ['a-old'] });
      expect(changes([pod('a', 'new'), pod('b', 'new')])).toEqual({ create: [], remove: [] });
    });

    it('does not wait where the old pod does not serve', () => {
      const down = pod('b', 'old', { ready: false });
      expect(changes([pod('a', 'old'), down])).toEqual({ create: ['b', 'a'], remove: [] });
      const coming = pod('b', 'new', { ready: false });
      expect(changes([pod('a', 'new'), down, coming])).toEqual({ create: [], remove: ['b-old'] });
    });
  });
});
