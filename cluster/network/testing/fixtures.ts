import type { ResourceRef } from '../../client/client.ts';
import type { Change, Informer, Informers } from '../../client/informer.ts';
import type { EndpointSlice, KubeObject, Pod, Service } from '../../objects/types.ts';

/** Informers over plain lists: `set` replaces what a resource holds and tells the subscribers. */
export function createListInformers(): Informers & { set(resource: string, objects: KubeObject[]): void } {
  const lists = new Map<string, KubeObject[]>();
  const handlers = new Map<string, Set<(change: Change<KubeObject>) => void>>();
  const listOf = (resource: string) => lists.get(resource) ?? [];
  return {
    for<T extends KubeObject>(ref: ResourceRef<T>) {
      const informer: Informer<KubeObject> = {
        synced: Promise.resolve(),
        get: (key) => listOf(ref.resource).find(({ metadata }) => `${metadata.namespace}/${metadata.name}` === key),
        list: () => listOf(ref.resource),
        subscribe(handler) {
          const all = handlers.get(ref.resource) ?? new Set();
          handlers.set(ref.resource, all.add(handler));
          for (const object of listOf(ref.resource)) handler({ type: 'added', object });
          return () => void all.delete(handler);
        },
      };
      return informer as unknown as Informer<T>;
    },
    set(resource, objects) {
      lists.set(resource, objects);
      for (const handler of handlers.get(resource) ?? [])
        for (const object of objects) handler({ type: 'added', object });
    },
  };
}

export function pod(name: string, namespace = 'production'): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, uid: `uid-${name}` },
    spec: { containers: [], nodeName: 'node-1' },
  };
}

export function service(name: string, clusterIP: string, port: number, spec: Partial<Service['spec']> = {}): Service {
  const metadata = { name, namespace: 'production', uid: `uid-${name}` };
  return { apiVersion: 'v1', kind: 'Service', metadata, spec: { clusterIP, ports: [{ port }], ...spec } };
}

export interface SliceBackend {
  ip: string;
  uid?: string;
  ready?: boolean;
}

export function slice(serviceName: string, port: number, backends: readonly SliceBackend[]): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${serviceName}-abcde`,
      namespace: 'production',
      labels: { 'kubernetes.io/service-name': serviceName },
    },
    addressType: 'IPv4',
    ports: [{ port }],
    endpoints: backends.map(({ ip, uid, ready = true }) => ({
      addresses: [ip],
      conditions: { ready },
      targetRef: { kind: 'Pod', uid },
    })),
  };
}
