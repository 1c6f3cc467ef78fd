/** Endpoints: the addresses behind each Service that has a selector, in the older of the two forms. */
import { isDeepStrictEqual } from 'node:util';
import { keyOf, type Controller } from '../client/controller.ts';
import { endpoints, pods, services } from '../client/resources.ts';
import { isStatusError } from '../objects/status-error.ts';
import type { Endpoints, Pod, Service } from '../objects/types.ts';
import type { ControllerContext } from './context.ts';
import { backendsOf, byPorts, endpointMetadata, hasBackends, podReference } from './services/backends.ts';
import type { Backend } from './services/backends.ts';
import { keysOfSelecting } from './services/selecting.ts';

const MANAGED_BY = 'endpoints.kubernetes.io/managed-by';

export function createEndpointsController({ client, informers }: ControllerContext): Controller {
  const serviceInformer = informers.for(services);
  const podInformer = informers.for(pods);
  const endpointsInformer = informers.for(endpoints);

  async function reconcile(key: string): Promise<void> {
    const service = serviceInformer.get(key);
    const current = endpointsInformer.get(key);
    if (!service) {
      // Endpoints have no owner reference: without their Service nobody else would take them away.
      if (current && MANAGED_BY in (current.metadata.labels ?? {})) await remove(current);
      return;
    }
    if (!hasBackends(service) || service.metadata.deletionTimestamp) return;
    const wanted = endpointsOf(service, backendsOf(service, podInformer.list()));
    if (!current) await client.create(endpoints, wanted);
    else if (!isSame(current, wanted)) {
      await client.update(endpoints, { ...wanted, metadata: { ...current.metadata, ...wanted.metadata } });
    }
  }

  async function remove({ metadata: { name = '', namespace, uid } }: Endpoints): Promise<void> {
    try {
      await client.delete(endpoints, name, { namespace, uid });
    } catch (error) {
      if (!isStatusError(error, 'NotFound')) throw error;
    }
  }

  return {
    name: 'endpoints',
    watches: [
      { informer: serviceInformer, keysOf: (service: Service) => [keyOf(service)] },
      { informer: podInformer, keysOf: (pod: Pod) => keysOfSelecting(serviceInformer, pod) },
      { informer: endpointsInformer, keysOf: (object: Endpoints) => [keyOf(object)] },
    ],
    reconcile,
  };
}

/** The Endpoints object of a Service. Terminating pods are left out; pods that are not ready are listed as such. */
export function endpointsOf(service: Service, backends: readonly Backend[]): Endpoints {
  const serving = backends.filter(({ terminating }) => !terminating);
  // A pod that has none of the ports stands in no subset, unless the Service leads only to names.
  const isReachable = ({ ports }: Backend) => ports.length > 0 || !service.spec?.ports?.length;
  const subsets = byPorts(serving.filter(isReachable)).map((group) => subsetOf(service, group));
  const labels = { [MANAGED_BY]: 'endpoint-controller' };
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: service.metadata.name, ...endpointMetadata(service, serving, labels) },
    ...(subsets.length > 0 ? { subsets } : {}),
  };
}

function subsetOf(service: Service, group: readonly Backend[]): NonNullable<Endpoints['subsets']>[number] {
  const isListed = ({ ready }: Backend) => ready || service.spec?.publishNotReadyAddresses === true;
  const addresses = group.filter(isListed).map((backend) => addressOf(backend, service));
  const notReadyAddresses = group.filter((backend) => !isListed(backend)).map((backend) => addressOf(backend, service));
  const ports = group[0]?.ports ?? [];
  return {
    ...(addresses.length > 0 ? { addresses } : {}),
    ...(notReadyAddresses.length > 0 ? { notReadyAddresses } : {}),
    ...(ports.length > 0 ? { ports } : {}),
  };
}

function addressOf({ ip, pod }: Backend, service: Service) {
  return { ip, ...podReference(pod, service) };
}

/** Whether a write would change more than the trigger time. */
function isSame(current: Endpoints, wanted: Endpoints): boolean {
  return (
    isDeepStrictEqual(current.subsets ?? [], wanted.subsets ?? []) &&
    isDeepStrictEqual(current.metadata.labels ?? {}, wanted.metadata.labels)
  );
}
