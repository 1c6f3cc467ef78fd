import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Pod, Service } from '../../objects/types.ts';
import { type ApiUnderTest, pod, pods, services, startApi } from '../testing/api-under-test.ts';

let api: ApiUnderTest;

beforeEach(async () => {
  api = await startApi();
});

afterEach(() => api.server.close());

describe('admission', () => {
  it('gives pods a service account with its token, and five minutes on a failing node', async () => {
    const { object } = await api.ask('POST', pods, pod('web'));
    const { spec } = object as Pod;
    expect(spec).toMatchObject({ serviceAccountName: 'default', serviceAccount: 'default' });
    expect(spec?.tolerations).toMatchObject([{ tolerationSeconds: 300 }, { tolerationSeconds: 300 }]);
    const name = spec?.volumes?.[0]?.name;
    expect(name).toMatch(/^kube-api-access-[a-z0-9]{5}$/);
    expect(spec?.containers[0]?.volumeMounts).toEqual([
      { mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', name, readOnly: true },
    ]);
  });

  it('protects claims and volumes from their first moment on, whoever else does', async () => {
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
    const metadata = { name: 'data', finalizers: ['example.com/mine'] };
    const claim = await api.ask('POST', '/api/v1/namespaces/shop/persistentvolumeclaims', { metadata, spec });
    expect(claim.object.metadata.finalizers).toEqual(['example.com/mine', 'kubernetes.io/pvc-protection']);
    const volume = await api.ask('POST', '/api/v1/persistentvolumes', {
      metadata: { name: 'disk' },
      spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, hostPath: { path: '/data' } },
    });
    expect(volume.object.metadata.finalizers).toEqual(['kubernetes.io/pv-protection']);
  });

  it('gives services addresses that nobody else has, and keeps them on a replace', async () => {
    const service = (name: string, rest = {}) => ({ metadata: { name }, spec: { ports: [{ port: 80 }], ...rest } });
    const { object } = await api.ask('POST', services, service('web', { type: 'LoadBalancer' }));
    const { spec } = object as Service;
    expect(spec?.clusterIP).toMatch(/^10\.43\.\d+\.\d+$/);
    expect(spec?.ports?.[0]?.nodePort).toBeGreaterThanOrEqual(30_000);
    const replaced = await api.ask('PUT', `${services}/web`, service('web', { type: 'LoadBalancer' }));
    expect((replaced.object as Service).spec).toEqual(spec);

    const taken = await api.ask('POST', services, service('other', { clusterIP: spec?.clusterIP }));
    expect(taken.object.message).toContain(
      `failed to allocate IP ${spec?.clusterIP}: provided IP is already allocated`,
    );
    await api.ask('DELETE', `${services}/web`);
    expect((await api.ask('POST', services, service('other', { clusterIP: spec?.clusterIP }))).code).toBe(201);
  });

  it('gives a load balancer that asks each node for its pods a port to ask at, and keeps it', async () => {
    const web = (externalTrafficPolicy: string) => ({
      metadata: { name: 'web' },
      spec: { type: 'LoadBalancer', externalTrafficPolicy, ports: [{ port: 80 }] },
    });
    const { object } = await api.ask('POST', services, web('Local'));
    const { spec } = object as Service;
    expect(spec?.healthCheckNodePort).toBeGreaterThanOrEqual(30_000);
    const replaced = await api.ask('PUT', `${services}/web`, web('Local'));
    expect((replaced.object as Service).spec?.healthCheckNodePort).toBe(spec?.healthCheckNodePort);
    const cluster = await api.ask('PUT', `${services}/web`, web('Cluster'));
    expect((cluster.object as Service).spec?.healthCheckNodePort).toBeUndefined();
  });

  it('drops what is said of callers from outside with a change of type, and refuses it where there are none', async () => {
    const service = (type: string, policy?: string) => ({
      metadata: { name: 'web' },
      spec: { type, ports: [{ port: 80 }], ...(policy ? { externalTrafficPolicy: policy } : {}) },
    });
    const refused = await api.ask('POST', services, service('ClusterIP', 'Local'));
    expect(refused.object.message).toContain(
      'spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services',
    );
    const created = await api.ask('POST', services, service('NodePort'));
    expect((created.object as Service).spec?.externalTrafficPolicy).toBe('Cluster');
    const { code, object } = await api.ask('PUT', `${services}/web`, service('ClusterIP', 'Cluster'));
    expect([code, (object as Service).spec?.externalTrafficPolicy]).toEqual([200, undefined]);
  });

  it('drops node ports with a change of type, but not one that is asked for there', async () => {
    const service = (type: string, nodePort: number) => ({
      metadata: { name: 'web' },
      spec: { type, ports: [{ port: 80, nodePort }] },
    });
    await api.ask('POST', services, service('NodePort', 30_001));
    const refused = await api.ask('PUT', `${services}/web`, service('ClusterIP', 30_002));
    expect(refused.object.message).toContain("Forbidden: may not be used when `type` is 'ClusterIP'");
    const { object } = await api.ask('PUT', `${services}/web`, service('ClusterIP', 30_001));
    expect((object as Service).spec?.ports).toEqual([{ port: 80, protocol: 'TCP', targetPort: 80 }]);
  });

  it('refuses a Service that asks for an address that cannot be had with that alone', async () => {
    const web = (spec: object) => ({ metadata: { name: 'web' }, spec: { ports: [{ port: 0 }], ...spec } });
    const refused = await api.ask('POST', services, web({ clusterIP: 'nope' }));
    expect(refused.object.message).toBe(
      'Service "web" is invalid: spec.clusterIPs[0]: Invalid value: "nope": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    );
    const foreign = await api.ask('POST', services, web({ clusterIP: '2001:db8::1' }));
    expect(foreign.object.message).toMatch(
      /: spec\.clusterIPs\[0\]: Invalid value: \["2001:db8::1"\]: IPv6 is not configured on this cluster$/,
    );
  });

  it('never gives a Service another address, and takes it back from one that becomes a name', async () => {
    const type = 'application/merge-patch+json';
    await api.ask('POST', services, {
      metadata: { name: 'web' },
      spec: { clusterIP: '10.43.0.9', ports: [{ port: 80 }] },
    });
    const change = (spec: object) => api.ask('PATCH', `${services}/web`, { spec }, { type });
    const moved = await change({ clusterIP: '10.99.0.1' });
    expect(moved.object.message).toBe(
      'Service "web" is invalid: spec.clusterIPs[0]: Invalid value: ["10.99.0.1"]: may not change once set',
    );
    const { object } = await change({ type: 'ExternalName', externalName: 'web.example.com' });
    expect(Object.keys((object as Service).spec ?? {})).not.toContain('clusterIP');
  });
});
