/**
 * Load balancers: a Service of type LoadBalancer gets the node's address, as k3s does it.
 *
 * Differs: who listens on that address is the engine's business, not a DaemonSet's.
 */
import { isDeepStrictEqual } from 'node:util';
import { keyOf, type Controller } from '../client/controller.ts';
import { nodes, services } from '../client/resources.ts';
import type { Node, Service } from '../objects/types.ts';
import type { ControllerContext } from './context.ts';

export function createServiceLoadBalancerController({ client, informers }: ControllerContext): Controller {
  const serviceInformer = informers.for(services);
  const nodeInformer = informers.for(nodes);

  async function reconcile(key: string): Promise<void> {
    const service = serviceInformer.get(key);
    if (!service) return;
    const ingress = ingressOf(service, nodeInformer.list());
    if (isDeepStrictEqual(service.status?.loadBalancer?.ingress ?? [], ingress)) return;
    const loadBalancer = ingress.length > 0 ? { ingress } : {};
    await client.updateStatus(services, { ...service, status: { ...service.status, loadBalancer } });
  }

  return {
    name: 'service-load-balancer',
    watches: [
      { informer: serviceInformer, keysOf: (service: Service) => [keyOf(service)] },
      { informer: nodeInformer, keysOf: () => serviceInformer.list().filter(isLoadBalancer).map(keyOf) },
    ],
    reconcile,
  };
}

/** The addresses under which the Service is to be reached from outside. */
export function ingressOf(service: Service, allNodes: readonly Node[]): { ip: string; ipMode: string }[] {
  if (!isLoadBalancer(service)) return [];
  return allNodes
    .flatMap((node) => node.status?.addresses ?? [])
    .filter(({ type }) => type === 'InternalIP')
    .map(({ address }) => ({ ip: address, ipMode: 'VIP' }))
    .toSorted((a, b) => a.ip.localeCompare(b.ip));
}

function isLoadBalancer(service: Service): boolean {
  return service.spec?.type === 'LoadBalancer';
}
