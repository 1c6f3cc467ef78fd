import { describe, expect, it } from 'vitest';
import type { Node, Pod } from '../../objects/types.ts';
import { topologyRejection } from './feasibility.ts';

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
  const neighbours = {
    nodes: all,
    podsOn: (name: string) => present[name] ?? [],
    namespaceLabels: (name: string) => ({ 'kubernetes.io/metadata.name': name }),
  };
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

  it('mean the namespaces that they name or select', () => {
    const away = (namespace: string) => ({ ...pod('web'), metadata: { ...pod('web').metadata, namespace } });
    const selecting = (namespaceSelector: object) => {
      const [term] = near('web').requiredDuringSchedulingIgnoredDuringExecution;
      const podAntiAffinity = { requiredDuringSchedulingIgnoredDuringExecution: [{ ...term!, namespaceSelector }] };
      return pod('web', { affinity: { podAntiAffinity } });
    };
    const annex = selecting({ matchLabels: { 'kubernetes.io/metadata.name': 'annex' } });
    const no = "node(s) didn't match pod anti-affinity rules";
    expect(reasons(annex, { a1: [away('annex')], a2: [away('other')] })).toEqual([no, '', '']);
    expect(reasons(selecting({}), { a1: [away('annex')], a2: [away('other')] })).toEqual([no, no, '']);
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

  it('leave domains empty that are still to come', () => {
    const constraint = { ...spread('topology.kubernetes.io/zone').spec?.topologySpreadConstraints?.[0] };
    const three = pod('web', { topologySpreadConstraints: [{ ...constraint, minDomains: 3 } as never] });
    const full = "node(s) didn't match pod topology spread constraints";
    expect(reasons(three, { a1: [pod('web')] })).toEqual([full, full, '']);
    expect(reasons(three, { a1: [pod('web')], b1: [pod('web')] })).toEqual([full, full, full]);
  });

  it('are counted among their own version only, where they name the label that says it', () => {
    const version = (app: string, hash: string, spec: Partial<NonNullable<Pod['spec']>> = {}): Pod => {
      const { metadata, ...rest } = pod(app, spec);
      return { ...rest, metadata: { ...metadata, labels: { app, hash } } };
    };
    const constraint = spread('topology.kubernetes.io/zone').spec?.topologySpreadConstraints?.[0];
    const newer = version('web', '2', {
      topologySpreadConstraints: [{ ...constraint, matchLabelKeys: ['hash'] } as never],
    });
    expect(reasons(newer, { a1: [version('web', '1')] })).toEqual(['', '', '']);
    const full = "node(s) didn't match pod topology spread constraints";
    expect(reasons(newer, { a1: [version('web', '2')] })).toEqual([full, full, '']);
  });

  it('leave out nodes whose taints keep them away only if they are told to', () => {
    const tainted = { ...node('b1', 'b'), spec: { taints: [{ key: 'gpu', effect: 'NoSchedule' }] } };
    const all = [node('a1', 'a'), tainted];
    const zones = spread('topology.kubernetes.io/zone');
    const constraint = zones.spec?.topologySpreadConstraints?.[0];
    const honouring = pod('web', {
      topologySpreadConstraints: [{ ...constraint, nodeTaintsPolicy: 'Honor' } as never],
    });
    const full = "node(s) didn't match pod topology spread constraints";
    expect(reasons(zones, { a1: [pod('web')] }, all)[0]).toBe(full);
    expect(reasons(honouring, { a1: [pod('web')] }, all)[0]).toBe('');
  });
});
