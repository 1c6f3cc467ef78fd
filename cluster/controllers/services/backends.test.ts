import { describe, expect, it } from 'vitest';
import type { EndpointSlice, Pod, Service } from '../../objects/types.ts';
import { planSlices, slicesOf } from '../endpoint-slices.ts';
import { endpointsOf } from '../endpoints.ts';
import { backendsOf } from './backends.ts';

function service(spec: Partial<NonNullable<Service['spec']>> = {}): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'web',
      namespace: 'shop',
      uid: 's-1',
      labels: { app: 'web' },
      creationTimestamp: '2026-11-20T10:00:00Z',
    },
    spec: {
      clusterIP: '10.43.1.1',
      selector: { app: 'web' },
      ports: [{ name: 'http', port: 80, targetPort: 3000 }],
      ...spec,
    },
  };
}

function pod(
  name: string,
  ip: string,
  facts: { ready?: boolean; terminating?: boolean; port?: number; phase?: string } = {},
): Pod {
  const { ready = true, terminating = false, port = 3000, phase = 'Running' } = facts;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'shop',
      uid: `uid-${name}`,
      labels: { app: 'web' },
      ...(terminating ? { deletionTimestamp: '2026-11-20T10:10:00Z' } : {}),
    },
    spec: { nodeName: 'node-1', containers: [{ name: 'web', ports: [{ name: 'app', containerPort: port }] }] },
    status: {
      phase,
      podIP: ip,
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: '2026-11-20T10:01:00Z' }],
    },
  };
}

const named = service({ ports: [{ name: 'http', port: 80, targetPort: 'app' }] });

describe('Endpoints', () => {
  it('are as a real cluster writes them', () => {
    const made = endpointsOf(service(), backendsOf(service(), [pod('b', '10.42.0.10'), pod('a', '10.42.0.9')]));
    expect(made.metadata).toEqual({
      name: 'web',
      namespace: 'shop',
      labels: { app: 'web', 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' },
      annotations: { 'endpoints.kubernetes.io/last-change-trigger-time': '2026-11-20T10:01:00Z' },
    });
    const address = (name: string, ip: string) => {
      return { ip, nodeName: 'node-1', targetRef: { kind: 'Pod', name, namespace: 'shop', uid: `uid-${name}` } };
    };
    expect(made.subsets).toEqual([
      {
        addresses: [address('a', '10.42.0.9'), address('b', '10.42.0.10')],
        ports: [{ name: 'http', port: 3000, protocol: 'TCP' }],
      },
    ]);
  });

  it('list unready pods apart and leave terminating and ended ones out', () => {
    const all = [
      pod('unready', '10.42.0.5', { ready: false }),
      pod('going', '10.42.0.6', { terminating: true }),
      pod('done', '10.42.0.7', { phase: 'Succeeded' }),
    ];
    const [subset, ...others] = endpointsOf(service(), backendsOf(service(), all)).subsets ?? [];
    expect(others).toEqual([]);
    expect(subset?.addresses).toBeUndefined();
    expect(subset?.notReadyAddresses?.map(({ ip }) => ip)).toEqual(['10.42.0.5']);
  });

  it('have no subsets when the selector matches nothing', () => {
    const astray = service({ selector: { app: 'nginx' } });
    expect(endpointsOf(astray, backendsOf(astray, [pod('a', '10.42.0.5')]))).not.toHaveProperty('subsets');
  });

  it('find a named port in each pod for itself', () => {
    const all = [pod('a', '10.42.0.5', { port: 3000 }), pod('b', '10.42.0.6', { port: 4000 })];
    const { subsets } = endpointsOf(named, backendsOf(named, all));
    expect(subsets?.map(({ ports }) => ports?.[0]?.port)).toEqual([3000, 4000]);
  });
});

describe('EndpointSlices', () => {
  it('tell ready, serving and terminating apart', () => {
    const all = [
      pod('a', '10.42.0.5'),
      pod('b', '10.42.0.6', { ready: false }),
      pod('c', '10.42.0.7', { terminating: true }),
    ];
    const [slice] = slicesOf(service(), backendsOf(service(), all));
    expect(slice?.endpoints?.map(({ conditions }) => conditions)).toEqual([
      { ready: true, serving: true, terminating: false },
      { ready: false, serving: false, terminating: false },
      { ready: false, serving: true, terminating: true },
    ]);
    expect(slice?.metadata.labels).toEqual({
      app: 'web',
      'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      'kubernetes.io/service-name': 'web',
    });
  });

  it('publish unready pods when the Service wants it', () => {
    const eager = service({ publishNotReadyAddresses: true });
    const [slice] = slicesOf(eager, backendsOf(eager, [pod('a', '10.42.0.5', { ready: false })]));
    expect(slice?.endpoints?.[0]?.conditions?.ready).toBe(true);
  });

  it('list a pod that lacks the named port without any; Endpoints do not', () => {
    const absent = service({ ports: [{ port: 80, targetPort: 'nope' }] });
    const backends = backendsOf(absent, [pod('a', '10.42.0.5')]);
    const slices = slicesOf(absent, backends);
    expect(slices.map(({ endpoints, ports }) => [endpoints?.[0]?.addresses, ports])).toEqual([[['10.42.0.5'], []]]);
    expect(endpointsOf(absent, backends)).not.toHaveProperty('subsets');
  });

  it('leave one that is empty when there is no pod', () => {
    const slices = slicesOf(service(), []);
    expect(slices.map(({ endpoints, ports }) => ({ endpoints, ports }))).toEqual([{ endpoints: [], ports: [] }]);
  });

  it('keep their names and are not written when nothing has changed', () => {
    const [wanted] = slicesOf(service(), backendsOf(service(), [pod('a', '10.42.0.5')])) as [EndpointSlice];
    const current = { ...wanted, metadata: { ...wanted.metadata, name: 'web-abcde', uid: 'e-1' } };
    expect(planSlices([current], [wanted])).toEqual({ creates: [], updates: [], deletes: [] });
    const empty = slicesOf(service(), []);
    expect(planSlices([current], empty).updates.map(({ metadata }) => metadata.name)).toEqual(['web-abcde']);
  });
});
