import { describe, expect, it } from 'vitest';
import type { Node, Pod } from '../../objects/types.ts';
import { topologyRejection } from './topology.ts';

const node = (name: string, zone?: string): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name,
    labels: { 'kubernetes.io/hostname': name, ...(zone ? { 'topology.kubernetes.io/zone': zone } : {}) },
  },
});
const pod = (app: string, spec: Partial<NonNullable<Pod['spec']>> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: app, namespace: 'shop', labels: { app } },
  spec: { containers: [], ...spec },
});
const near = (app: string, topologyKey = 'kubernetes.io/hostname') => ({
  requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: { matchLabels: { app } }, topologyKey }],
});
const nodes = [node('a1', 'a'), node('a2', 'a'), node('b1', 'b')];

/** Why each node will not have the pod; empty where it will. */
function reasons(wanted: Pod, present: Record<string, Pod[]> = {}, all = nodes): string[] {
  const neighbours = { nodes: all, podsOn: (name: string) => present[name] ?? [] };
  return all.map((one) => topologyRejection(wanted, one, neighbours)?.reasons.join() ?? '');
}

describe('pods that do not want to be together', () => {
  const apart = pod('web', { affinity: { podAntiAffinity: near('web') } });

  it('are kept on different nodes, by the newcomer and by who is there', () => {
    expect(reasons(apart, { a1: [apart] })).toEqual(["node(s) didn't match pod anti-affinity rules", '', '']);
    const zone = pod('db', { affinity: { podAntiAffinity: near('web', 'topology.kubernetes.io/zone') } });
    const no = "node(s) didn't satisfy existing pods anti-affinity rules";
    expect(reasons(pod('web'), { a1: [zone] })).toEqual([no, no, '']);
  });

  it('of another namespace do not mind', () => {
    const other = { ...apart, metadata: { ...apart.metadata, namespace: 'annex' } };
    expect(reasons(apart, { a1: [other] })).toEqual(['', '', '']);
  });
});

describe('pods that want to be together', () => {
  const together = pod('web', { affinity: { podAffinity: near('cache', 'topology.kubernetes.io/zone') } });
  const no = "node(s) didn't match pod affinity rules";

  it('go where the others are', () => {
    expect(reasons(together, { b1: [pod('cache')] })).toEqual([no, no, '']);
    expect(reasons(together)).toEqual([no, no, no]);
  });

  it('may begin anywhere when it is their own kind that they want', () => {
    const group = pod('web', { affinity: { podAffinity: near('web') } });
    expect(reasons(group)).toEqual(['', '', '']);
    expect(reasons(group, { a2: [group] })).toEqual([no, '', no]);
  });
});

describe('pods that are to be spread', () => {
  const spread = (topologyKey: string) =>
    pod('web', {
      topologySpreadConstraints: [
        { maxSkew: 1, topologyKey, whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { app: 'web' } } },
      ],
    });

  it('fill the emptier domain first', () => {
    const full = "node(s) didn't match pod topology spread constraints";
    const zones = spread('topology.kubernetes.io/zone');
    expect(reasons(zones, { a1: [pod('web')] })).toEqual([full, full, '']);
    expect(reasons(zones, { a1: [pod('web')], b1: [pod('web')] })).toEqual(['', '', '']);
  });

  it('need the label that names the domain', () => {
    expect(reasons(spread('rack'))[0]).toBe(
      "node(s) didn't match pod topology spread constraints (missing required label)",
    );
  });
});
