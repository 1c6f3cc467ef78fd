import { describe, expect, it } from 'vitest';
import type { Node, Pod } from '../../objects/types.ts';
import type { ClusterView } from './cluster-view.ts';
import { place } from './placement.ts';
import { labelledNode, namedPod, node, viewOf } from './testing/fixtures.ts';

const hostname = 'kubernetes.io/hostname';
const zone = 'topology.kubernetes.io/zone';
const nodes = [
  labelledNode('node-1', { [zone]: 'a', disk: 'hdd' }),
  labelledNode('node-2', { [zone]: 'a', disk: 'ssd' }),
  labelledNode('node-3', { [zone]: 'b', disk: 'hdd' }),
];

type Spec = Partial<NonNullable<Pod['spec']>>;

/** The node that the pod gets; without a preference it is node-1. */
function chosen(
  spec: Spec,
  pods: Record<string, Pod[]> = {},
  options: { nodes?: Node[]; rest?: Partial<ClusterView> } = {},
): string {
  const placement = place(namedPod('web', spec), viewOf(options.nodes ?? nodes, pods, options.rest));
  return placement.type === 'bind' ? placement.nodeName : placement.type;
}

const near = (app: string, topologyKey = hostname) => [
  { weight: 100, podAffinityTerm: { labelSelector: { matchLabels: { app } }, topologyKey } },
];

describe('what a pod prefers', () => {
  it('a node with a label', () => {
    const preference = { matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] };
    const nodeAffinity = { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference }] };
    expect(chosen({})).toBe('node-1');
    expect(chosen({ affinity: { nodeAffinity } })).toBe('node-2');
  });

  it('to be near others, or far from them', () => {
    const cache = { 'node-3': [namedPod('cache')] };
    const podAffinity = { preferredDuringSchedulingIgnoredDuringExecution: near('cache') };
    expect(chosen({ affinity: { podAffinity } }, cache)).toBe('node-3');
    const podAntiAffinity = { preferredDuringSchedulingIgnoredDuringExecution: near('noisy', zone) };
    expect(chosen({ affinity: { podAntiAffinity } }, { 'node-1': [namedPod('noisy')] })).toBe('node-3');
  });

  it('to be where those are who want it near', () => {
    const podAffinity = { preferredDuringSchedulingIgnoredDuringExecution: near('web') };
    expect(chosen({}, { 'node-3': [namedPod('fan', { affinity: { podAffinity } })] })).toBe('node-3');
  });

  it('to be spread', () => {
    const labelSelector = { matchLabels: { app: 'web' } };
    const topologySpreadConstraints = [
      { maxSkew: 1, topologyKey: zone, whenUnsatisfiable: 'ScheduleAnyway', labelSelector },
    ];
    // Room alone would speak for node-2, which is empty.
    const pods = { 'node-1': [namedPod('web')], 'node-3': [namedPod('x'), namedPod('y')] };
    expect(chosen({}, pods)).toBe('node-2');
    expect(chosen({ topologySpreadConstraints }, pods)).toBe('node-3');
  });

  it('not to bear a taint that only asks', () => {
    const taints = [{ key: 'old', effect: 'PreferNoSchedule' }];
    expect(chosen({}, {}, { nodes: [node('node-1', { taints }), node('node-2')] })).toBe('node-2');
    const tolerations = [{ key: 'old', operator: 'Exists' }];
    expect(chosen({ tolerations }, {}, { nodes: [node('node-1', { taints }), node('node-2')] })).toBe('node-1');
  });

  it('to be spread from its siblings of the same Service or owner, even where there is less room', () => {
    const big = namedPod('big', {}, { cpu: '500m' });
    const pods = { 'node-1': [namedPod('web')], 'node-2': [big], 'node-3': [big] };
    const selectorsOf = () => [{ matchLabels: { app: 'web' } }];
    expect(chosen({}, pods)).toBe('node-1');
    expect(chosen({}, pods, { rest: { selectorsOf } })).toBe('node-3');
  });
});
