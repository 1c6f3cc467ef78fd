/** Which pods stand behind a Service, as its EndpointSlices tell the network and the API server's proxy. */
import type { EndpointSlice, Service, ServicePort } from './types.ts';

type SliceEndpoint = NonNullable<EndpointSlice['endpoints']>[number];

/** The label of a slice that names its Service. */
export const SERVICE_NAME = 'kubernetes.io/service-name';

/** One address and port that a Service may send a connection to. */
export interface Endpoint {
  ip: string;
  port: number;
  /** The pod; undefined for an address that is no pod's. */
  targetRef: SliceEndpoint['targetRef'];
}

export function slicesOf(service: Service, slices: readonly EndpointSlice[]): EndpointSlice[] {
  const { name, namespace } = service.metadata;
  return slices.filter(({ metadata }) => metadata.namespace === namespace && metadata.labels?.[SERVICE_NAME] === name);
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
      addresses.map((ip) => ({ ip, port: target, targetRef })),
    );
  });
}
