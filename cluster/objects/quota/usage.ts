import { podResources } from '../pod-resources.ts';
import { isEnded } from '../pod-state.ts';
import { sumQuantities } from '../quantity.ts';
import type { KubeObject, PersistentVolumeClaim, Pod, Service } from '../types.ts';

/** Amounts by the names that a ResourceQuota limits. */
export type Usage = Record<string, string>;

/**
 * What one object uses up of any quota in its namespace.
 * @param resource as the store names it, `deployments.apps`
 */
export function usageOf(resource: string, object: KubeObject): Usage {
  const counted = { [`count/${resource}`]: '1' };
  switch (resource) {
    case 'pods':
      // One that has ended gives back what it used, all but `count/pods`.
      return isEnded(object as Pod) ? counted : { ...counted, pods: '1', ...computeUsage(object as Pod) };
    case 'services':
      return { ...counted, services: '1', ...exposure(object as Service) };
    case 'persistentvolumeclaims':
      return { ...counted, persistentvolumeclaims: '1', ...storageUsage(object as PersistentVolumeClaim) };
    default:
      return resource.includes('.') ? counted : { ...counted, [resource]: '1' };
  }
}

export function addUsage(usages: readonly Usage[]): Usage {
  const names = new Set(usages.flatMap((usage) => Object.keys(usage)));
  const amountsOf = (name: string) => usages.map((usage) => usage[name]).filter((amount) => amount !== undefined);
  return Object.fromEntries([...names].map((name) => [name, sumQuantities(amountsOf(name))]));
}

function computeUsage({ spec }: Pod): Usage {
  const totalOf = (part: 'requests' | 'limits') => addUsage([podResources(spec, part), spec?.overhead ?? {}]);
  const requests = totalOf('requests');
  const limits = totalOf('limits');
  return {
    // Without a prefix a request is meant; both names are charged.
    ...requests,
    ...withPrefix('requests', requests),
    ...withPrefix('limits', limits),
  };
}

function withPrefix(prefix: string, list: Usage): Usage {
  return Object.fromEntries(Object.entries(list).map(([name, amount]) => [`${prefix}.${name}`, amount]));
}

function exposure({ spec }: Service): Usage {
  const ports = String(spec?.ports?.length ?? 0);
  if (spec?.type === 'NodePort') return { 'services.nodeports': ports };
  if (spec?.type !== 'LoadBalancer') return {};
  const nodePorts = spec.allocateLoadBalancerNodePorts === false ? '0' : ports;
  return { 'services.loadbalancers': '1', 'services.nodeports': nodePorts };
}

function storageUsage({ spec }: PersistentVolumeClaim): Usage {
  const storage = spec?.resources?.requests?.storage;
  const usage: Usage = storage === undefined ? {} : { 'requests.storage': storage };
  if (!spec?.storageClassName) return usage;
  const prefix = `${spec.storageClassName}.storageclass.storage.k8s.io`;
  return { ...usage, [`${prefix}/persistentvolumeclaims`]: '1', ...prefixed(prefix, storage) };
}

function prefixed(prefix: string, storage: string | undefined): Usage {
  return storage === undefined ? {} : { [`${prefix}/requests.storage`]: storage };
}
