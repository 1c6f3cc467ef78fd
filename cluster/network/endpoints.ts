import type { EndpointSlice, Service, ServicePort } from '../objects/types.ts';

type SliceEndpoint = NonNullable<EndpointSlice['endpoints']>[number];

/** One pod's port that a Service may send a connection to. */
export interface Endpoint {
  ip: string;
  port: number;
  /** Undefined for an address that is no pod's. */
  podUid?: string;
}

export function slicesOf(service: Service, slices: readonly EndpointSlice[]): EndpointSlice[] {
  const { name, namespace } = service.metadata;
  return slices.filter(
    ({ metadata }) => metadata.namespace === namespace && metadata.labels?.['kubernetes.io/service-name'] === name,
  );
}

/** `ready` left out means ready. */
export function readyEndpoints(slice: EndpointSlice): SliceEndpoint[] {
  return (slice.endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false);
}

/** Where connections to a port of a Service may go now. Slices carry the target port under the port's name. */
export function endpointsOf(service: Service, port: ServicePort, slices: readonly EndpointSlice[]): Endpoint[] {
  return slicesOf(service, slices).flatMap((slice) => {
    const target = slice.ports?.find(({ name }) => (name ?? '') === (port.name ?? ''))?.port;
    if (target === undefined) return [];
    return readyEndpoints(slice).flatMap(({ addresses, targetRef }) =>
      addresses.map((ip) => ({ ip, port: target, podUid: targetRef?.uid })),
    );
  });
}

/** Chooses one of `endpoints` for a client. */
export type PickEndpoint = (service: Service, endpoints: readonly Endpoint[], clientIp: string) => Endpoint | undefined;
