/** The healthy system of the recordings: what `kubectl apply` sent, with our defaults, must be what the real server kept. */
import { existsSync, readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { parseGroupVersion } from '../group-version.ts';
import type { KubeObject, PodTemplateSpec } from '../types.ts';
import { findByKind } from './index.ts';

const HEALTHY = new URL('../../../../shared/real-kubernetes/recordings/m-healthy/', import.meta.url);
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

type Typed = KubeObject & { spec: Record<string, unknown> };

function recordedYaml(file: string): Typed {
  const path = new URL(file, HEALTHY);
  if (!existsSync(path)) throw new Error(`The recordings of a real cluster are missing: ${path.pathname}`);
  const text = readFileSync(path, 'utf8');
  const object = parse(text.slice(text.search(/^apiVersion:/m))) as Typed | { items: Typed[] };
  return 'items' in object ? (object.items[0] as Typed) : object;
}

function appliedTo(object: KubeObject): Typed {
  return JSON.parse(object.metadata.annotations?.[LAST_APPLIED] ?? '{}') as Typed;
}

function withDefaults<T extends KubeObject>(object: T): T {
  const { group, version } = parseGroupVersion(object.apiVersion);
  const kind = findByKind(group, version, object.kind);
  kind?.defaults?.(object);
  expect(kind?.validate?.(object)).toEqual([]);
  return object;
}

describe('defaults', () => {
  it('of a Deployment are the real ones', () => {
    const recorded = recordedYaml('16_get_deploy_yaml.txt');
    expect(withDefaults(appliedTo(recorded)).spec).toEqual(recorded.spec);
  });

  it('of a Service are the real ones, but for the addresses that admission gives', () => {
    const recorded = recordedYaml('17_get_svc_yaml.txt');
    const { clusterIP: _address, clusterIPs: _addresses, ...spec } = recorded.spec;
    const applied = withDefaults(appliedTo(recorded));
    expect(applied.spec).toEqual(spec);
    expect(applied.status).toEqual(recorded.status);
  });

  it('of a Service without affinity hold none of its figures', () => {
    const spec = { ports: [{ port: 80 }], sessionAffinity: 'None' };
    const sessionAffinityConfig = { clientIP: { timeoutSeconds: 60 } };
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' } };
    expect(withDefaults({ ...service, spec: { ...spec, sessionAffinityConfig } }).spec).toEqual(
      withDefaults({ ...service, spec }).spec,
    );
  });

  it('of a pod made from a ReplicaSet are the real ones, but for what admission and the scheduler add', () => {
    const recorded = recordedYaml('15_get_pod_yaml.txt');
    const { template } = recordedYaml('20_get_rs_yaml.txt').spec as { template: PodTemplateSpec };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec: template.spec as object, status: {} };
    const {
      nodeName: _node,
      serviceAccount: _a,
      serviceAccountName: _b,
      tolerations: _c,
      volumes: _d,
      ...spec
    } = recorded.spec;
    for (const container of spec.containers as { volumeMounts?: unknown }[]) delete container.volumeMounts;
    expect(withDefaults(pod).spec).toEqual(spec);
    expect(pod.status).toEqual({ phase: 'Pending', qosClass: 'Burstable' });
  });

  it('change nothing that they have filled in before, so that a second apply is unchanged', () => {
    for (const file of ['15_get_pod_yaml.txt', '16_get_deploy_yaml.txt', '17_get_svc_yaml.txt', '20_get_rs_yaml.txt']) {
      const recorded = recordedYaml(file);
      expect(withDefaults(structuredClone(recorded))).toEqual(recorded);
    }
  });
});

describe('columns', () => {
  const age = '3s';

  it.each<[string, (string | number)[]]>([
    ['16_get_deploy_yaml.txt', ['web', '2/2', 2, 2, age, 'web', 'demo-service:v1.0', 'app=web']],
    [
      '20_get_rs_yaml.txt',
      ['web-6b4dc949fd', 2, 2, 2, age, 'web', 'demo-service:v1.0', 'app=web,pod-template-hash=6b4dc949fd'],
    ],
    ['17_get_svc_yaml.txt', ['web', 'ClusterIP', '10.103.216.13', '<none>', '80/TCP', age, 'app=web']],
    ['18_get_ep_yaml.txt', ['web', '10.244.0.61:3000,10.244.0.62:3000', age]],
  ])('of %s have the cells that the real cluster printed', (file, cells) => {
    expect(cellsOf(recordedYaml(file))).toEqual(cells);
  });

  it('show who waits for a balancer, and who has one', () => {
    const service = withDefaults<KubeObject>({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', creationTimestamp: '2026-11-21T02:00:45Z' },
      spec: { type: 'LoadBalancer', clusterIP: '10.43.0.9', ports: [{ port: 80, targetPort: 8080, nodePort: 31234 }] },
    });
    expect(cellsOf(service).slice(1, 5)).toEqual(['LoadBalancer', '10.43.0.9', '<pending>', '80:31234/TCP']);
    service.status = { loadBalancer: { ingress: [{ ip: '127.0.0.1' }] } };
    expect(cellsOf(service)[3]).toBe('127.0.0.1');
  });

  it('show three endpoints and how many more, a blank for pods that are not ready, and <none> without pods', () => {
    const addresses = ['1', '2', '3', '4', '5'].map((ip) => ({ ip }));
    const endpoints = { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'web' } };
    const subsets = (subset: object) => ({ ...endpoints, subsets: [{ ports: [{ port: 80 }], ...subset }] });
    expect(cellsOf(subsets({ addresses }))[1]).toBe('1:80,2:80,3:80 + 2 more...');
    expect(cellsOf(subsets({ notReadyAddresses: addresses }))[1]).toBe('');
    expect(cellsOf(endpoints)[1]).toBe('<none>');
    const slice = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'web' },
      addressType: 'IPv4',
    };
    expect(cellsOf(slice).slice(1, 4)).toEqual(['IPv4', '<unset>', '<unset>']);
  });
});

/** The cells as printed three seconds after the system of the recordings was created. */
function cellsOf(object: KubeObject): (string | number | boolean)[] {
  const { group, version } = parseGroupVersion(object.apiVersion);
  const columns = findByKind(group, version, object.kind)?.columns ?? [];
  return columns.map((column) => column.cell(object, Date.parse('2026-11-21T02:00:48Z')));
}
