import { describe, expect, it } from 'vitest';
import type { Pod, PodDisruptionBudget } from '../../objects/types.ts';
import type { ClusterView } from './cluster-view.ts';
import { place, type Placement } from './placement.ts';
import { namedPod, node, viewOf } from './testing/fixtures.ts';

const half = { cpu: '1' };
const low = (name: string, requests = half) => namedPod(name, { priority: 0 }, requests);
const high = (spec: Partial<NonNullable<Pod['spec']>> = {}, requests = half) =>
  namedPod('high', { priority: 1000, ...spec }, requests);
const one = [node('node-1')];
const two = [node('node-1'), node('node-2')];
const full = '0/1 nodes are available: 1 Insufficient cpu.';

function startedAt(pod: Pod, startTime: string): Pod {
  return { ...pod, status: { startTime } };
}

/** Who has to leave, and where. */
function victims(placement: Placement): string[] | string {
  if (placement.type !== 'preempt') return placement.type;
  return [placement.nodeName, ...placement.victims.map(({ metadata }) => metadata.name ?? '')];
}

function budget(name: string, disruptionsAllowed: number): PodDisruptionBudget {
  const counts = { currentHealthy: 1, desiredHealthy: 1, expectedPods: 1, disruptionsAllowed };
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace: 'shop' },
    spec: { selector: { matchLabels: { app: name } } },
    status: counts,
  };
}

describe('a pod of higher priority that finds no room', () => {
  it('sends away as few as it needs, the youngest of the least important', () => {
    const old = startedAt(low('old'), '2026-01-01T00:00:00Z');
    const young = startedAt(low('young'), '2026-01-02T00:00:00Z');
    const placement = place(high(), viewOf(one, { 'node-1': [old, young] }));
    expect(victims(placement)).toEqual(['node-1', 'young']);
    expect(placement).toMatchObject({ message: full });
  });

  it('goes where the least important pods are', () => {
    const pods = { 'node-1': [namedPod('a', { priority: 10 }, { cpu: '2' })], 'node-2': [low('b'), low('c')] };
    expect(victims(place(high({}, { cpu: '2' }), viewOf(two, pods)))).toEqual(['node-2', 'b', 'c']);
  });

  it('spares whom a disruption budget keeps, as far as it can', () => {
    const pods = { 'node-1': [low('a'), low('b')] };
    const budgets = [budget('a', 0), budget('b', 1)];
    expect(victims(place(high(), viewOf(one, pods, { budgets })))).toEqual(['node-1', 'b']);
    const both = place(high({}, { cpu: '2' }), viewOf(one, pods, { budgets }));
    expect(victims(both)).toEqual(['node-1', 'a', 'b']);
  });

  it.each([
    ['there is nobody of lower priority', high(), [high(), high()], 'No preemption victims found for incoming pod'],
    ['it would not fit even then', high({}, { cpu: '2' }), [low('a'), high()], 'Insufficient cpu'],
    ['no node is that big', high({}, { cpu: '3' }), [low('a')], 'Preemption is not helpful for scheduling'],
  ])('leaves all where they are when %s', (_, wanted, present, why) => {
    const preemption = `no new claims to deallocate, preemption: 0/1 nodes are available: 1 ${why}.`;
    expect(place(wanted, viewOf(one, { 'node-1': present }))).toEqual({
      type: 'unschedulable',
      message: `${full} ${preemption}`,
    });
  });

  it('leaves them also when its class says never', () => {
    const modest = high({ preemptionPolicy: 'Never' });
    expect(place(modest, viewOf(one, { 'node-1': [low('a'), low('b')] }))).toEqual({
      type: 'unschedulable',
      message: `${full} no new claims to deallocate, preemption: not eligible due to preemptionPolicy=Never.`,
    });
  });
});

describe('room that has been made for a pod', () => {
  const waiting: Pod = { ...high({}, { cpu: '2' }), status: { nominatedNodeName: 'node-1' } };
  const nominatedTo: ClusterView['nominatedTo'] = (name) => (name === 'node-1' ? [waiting] : []);

  it('is waited for', () => {
    const leaving = low('leaving');
    const view = viewOf(one, { 'node-1': [leaving] }, { nominatedTo, victimsOf: () => [leaving] });
    expect(place(waiting, view)).toEqual({ type: 'wait' });
    expect(place(waiting, viewOf(one, {}, { nominatedTo }))).toEqual({ type: 'bind', nodeName: 'node-1' });
  });

  it('is not taken by others, unless they are more important', () => {
    const view = viewOf(one, {}, { nominatedTo });
    expect(place(low('late'), view).type).toBe('unschedulable');
    expect(place(namedPod('top', { priority: 2000 }, half), view)).toEqual({ type: 'bind', nodeName: 'node-1' });
  });

  it('is where the pod goes even if another node is emptier by then', () => {
    const pods = { 'node-1': [low('small', { cpu: '100m' })] };
    const small: Pod = { ...high(), status: { nominatedNodeName: 'node-1' } };
    expect(place(small, viewOf(two, pods))).toEqual({ type: 'bind', nodeName: 'node-1' });
  });
});
