import { endpointsOf } from '../objects/endpoint-slices.ts';
import type { EndpointSlice, Service } from '../objects/types.ts';
import type { PickEndpoint } from './endpoint-picker.ts';

/** What becomes of a connection. */
export type Route =
  | { kind: 'pod'; ip: string; port: number }
  /** To a program of the node's own. */
  | { kind: 'node'; ip: string; port: number }
  /** Stays inside the pod that dials. */
  | { kind: 'loopback'; port: number }
  /** Answered at once with a reset. */
  | { kind: 'refused' }
  /** Never answered: the caller's time-out decides. */
  | { kind: 'dropped' };

export interface RoutingTable {
  services: readonly Service[];
  slices: readonly EndpointSlice[];
  /** Whether the address belongs to a pod now. */
  isPod(ip: string): boolean;
  isNode(ip: string): boolean;
}

/**
 * Decides as kube-proxy does where a pod's TCP connection goes. A Service without ready endpoints refuses; a port that
 * the Service does not define, and an address outside the cluster, swallow. NetworkPolicies are asked after it, about the pod that was chosen.
 * @param from the address of the pod that dials
 */
export function route(table: RoutingTable, from: string, to: { ip: string; port: number }, pick: PickEndpoint): Route {
  if (to.ip.startsWith('127.') || to.ip === '0.0.0.0') return { kind: 'loopback', port: to.port };
  if (table.isPod(to.ip)) return { kind: 'pod', ...to };
  if (table.isNode(to.ip)) return { kind: 'node', ...to };

  const service = table.services.find(({ spec }) => spec?.clusterIP === to.ip);
  const port = service?.spec?.ports?.find((candidate) => candidate.port === to.port && isTcp(candidate.protocol));
  if (!service || !port) return { kind: 'dropped' };

  const endpoint = pick(service, endpointsOf(service, port, table.slices), from);
  if (!endpoint) return { kind: 'refused' };
  const { ip } = endpoint;
  const kind = table.isPod(ip) ? 'pod' : table.isNode(ip) ? 'node' : undefined;
  return kind ? { kind, ip, port: endpoint.port } : { kind: 'dropped' };
}

function isTcp(protocol: string | undefined): boolean {
  return protocol === undefined || protocol === 'TCP';
}
