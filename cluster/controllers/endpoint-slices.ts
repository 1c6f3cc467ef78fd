/**
 * EndpointSlices: the addresses behind each Service that has a selector.
 *
 * Differs: one slice holds all endpoints with the same ports, however many; Endpoints made by hand are not mirrored.
 */
import { isDeepStrictEqual } from 'node:util';
import { keyOf, type Controller } from '../client/controller.ts';
import { endpointSlices, pods, services } from '../client/resources.ts';
import { SERVICE_NAME } from '../objects/endpoint-slices.ts';
import { ownerReferenceTo } from '../objects/owner-refs.ts';
import { isStatusError } from '../objects/status-error.ts';
import type { EndpointSlice, Pod, Service } from '../objects/types.ts';
import type { ControllerContext } from './context.ts';
import { createExpectations } from './expectations.ts';
import { backendsOf, byPorts, endpointMetadata, hasBackends, podReference } from './services/backends.ts';
import type { Backend } from './services/backends.ts';
import { keysOfSelecting } from './services/selecting.ts';

const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const CONTROLLER = 'endpointslice-controller.k8s.io';

export function createEndpointSliceController({ client, informers, clock }: ControllerContext): Controller {
  const serviceInformer = informers.for(services);
  const podInformer = informers.for(pods);
  const sliceInformer = informers.for(endpointSlices);
  const expectations = createExpectations(clock, sliceInformer);

  async function reconcile(key: string): Promise<{ requeueAfterMs: number } | void> {
    const service = serviceInformer.get(key);
    if (!service || !hasBackends(service) || service.metadata.deletionTimestamp) return undefined;
    const pendingMs = expectations.pendingMs(key);
    if (pendingMs > 0) return { requeueAfterMs: pendingMs };

    const wanted = slicesOf(service, backendsOf(service, podInformer.list()));
    const { creates, updates, deletes } = planSlices(sliceInformer.list().filter(isOwnedBy(service)), wanted);
    for (const slice of creates) {
      expectations.expect(key, 'created', await client.create(endpointSlices, slice));
    }
    for (const slice of updates) await client.update(endpointSlices, slice);
    for (const slice of deletes) await remove(key, slice);
    return undefined;
  }

  async function remove(key: string, slice: EndpointSlice): Promise<void> {
    const { name = '', namespace, uid } = slice.metadata;
    try {
      await client.delete(endpointSlices, name, { namespace, uid });
      expectations.expect(key, 'deleted', slice);
    } catch (error) {
      if (!isStatusError(error, 'NotFound')) throw error;
    }
  }

  return {
    name: 'endpoint-slices',
    watches: [
      { informer: serviceInformer, keysOf: (service: Service) => [keyOf(service)] },
      { informer: podInformer, keysOf: (pod: Pod) => keysOfSelecting(serviceInformer, pod) },
      { informer: sliceInformer, keysOf: serviceKeys },
    ],
    reconcile,
  };
}

function serviceKeys({ metadata: { namespace, labels } }: EndpointSlice): string[] {
  const name = labels?.[MANAGED_BY] === CONTROLLER ? labels[SERVICE_NAME] : undefined;
  return name ? [`${namespace}/${name}`] : [];
}

function isOwnedBy(service: Service): (slice: EndpointSlice) => boolean {
  return (slice) =>
    slice.metadata.labels?.[MANAGED_BY] === CONTROLLER &&
    slice.metadata.ownerReferences?.some(({ uid }) => uid === service.metadata.uid) === true;
}

/**
 * The slices of a Service, one for each set of ports; one that is empty when no pod is there. Pods that have none of the
 * named ports are listed too, without any.
 */
export function slicesOf(service: Service, backends: readonly Backend[]): EndpointSlice[] {
  const groups = byPorts(backends);
  return (groups.length > 0 ? groups : [[]]).map((group) => sliceOf(service, group));
}

function sliceOf(service: Service, group: readonly Backend[]): EndpointSlice {
  const { name = '' } = service.metadata;
  const publishAll = service.spec?.publishNotReadyAddresses === true;
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName: `${name}-`,
      ...endpointMetadata(service, group, { [MANAGED_BY]: CONTROLLER, [SERVICE_NAME]: name }),
      ownerReferences: [ownerReferenceTo(service)],
    },
    addressType: 'IPv4',
    endpoints: group.map(({ ip, ready, terminating, pod }) => ({
      addresses: [ip],
      conditions: { ready: publishAll || (ready && !terminating), serving: publishAll || ready, terminating },
      ...podReference(pod, service),
    })),
    ports: (group[0]?.ports ?? []).map((port) => ({ ...port, name: port.name ?? '' })),
  };
}

interface SliceChanges {
  creates: EndpointSlice[];
  updates: EndpointSlice[];
  deletes: EndpointSlice[];
}

/** Keeps the names that are there: a slice with the same ports is changed, then any other, before one is made. */
export function planSlices(current: readonly EndpointSlice[], wanted: readonly EndpointSlice[]): SliceChanges {
  const changes: SliceChanges = { creates: [], updates: [], deletes: [] };
  const unused = current.toSorted((a, b) => (a.metadata.name ?? '').localeCompare(b.metadata.name ?? ''));
  for (const slice of wanted) {
    const samePorts = unused.findIndex(({ ports }) => isDeepStrictEqual(ports ?? [], slice.ports ?? []));
    const [before] = unused.splice(Math.max(0, samePorts), 1);
    if (!before) changes.creates.push(slice);
    else if (!isSame(before, slice)) {
      changes.updates.push({ ...slice, metadata: { ...before.metadata, ...slice.metadata } });
    }
  }
  changes.deletes.push(...unused);
  return changes;
}

/** Whether a write would change more than the trigger time. */
function isSame(before: EndpointSlice, wanted: EndpointSlice): boolean {
  return (
    isDeepStrictEqual(before.endpoints ?? [], wanted.endpoints) &&
    isDeepStrictEqual(before.ports ?? [], wanted.ports) &&
    isDeepStrictEqual(before.metadata.labels ?? {}, wanted.metadata.labels)
  );
}
