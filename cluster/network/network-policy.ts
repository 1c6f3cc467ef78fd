/**
 * Which connections NetworkPolicies let through. A pod that no policy selects is open; one that some select takes and
 * makes only the connections that one of them allows.
 */
import { BlockList, isIPv4 } from 'node:net';
import { matchesLabels, type Labels } from '../objects/selector.ts';
import type { Namespace, NetworkPolicy } from '../objects/types.ts';

/** One end of a connection. */
export interface Party {
  ip: string;
  /** Undefined for an address that is no pod's. */
  pod?: {
    namespace: string;
    labels: Labels;
    /** Ports of the containers by name. */
    ports: ReadonlyMap<string, number>;
  };
}

export interface PolicyTable {
  policies: readonly NetworkPolicy[];
  namespaces: readonly Namespace[];
}

export type Protocol = 'TCP' | 'UDP';

type Spec = NonNullable<NetworkPolicy['spec']>;
type Peer = NonNullable<NonNullable<Spec['ingress']>[number]['from']>[number];
type Port = NonNullable<NonNullable<Spec['ingress']>[number]['ports']>[number];

/**
 * Whether a connection between two parties gets through; what does not is dropped without an answer. Pure.
 * @param port the port of the pod that is called, behind any Service
 */
export function isAllowed(table: PolicyTable, from: Party, to: Party, port: number, protocol: Protocol): boolean {
  if (from.ip === to.ip) return true;
  const goesOut = policiesFor(table, from, 'Egress');
  const comesIn = policiesFor(table, to, 'Ingress');
  const passes = (namespace: string | undefined, peers: Peer[] | undefined, ports: Port[] | undefined, other: Party) =>
    meetsPorts(ports, to, port, protocol) && meetsPeers(peers, other, namespace ?? '', table.namespaces);
  return (
    (goesOut.length === 0 ||
      goesOut.some(({ metadata, spec }) =>
        spec?.egress?.some((rule) => passes(metadata.namespace, rule.to, rule.ports, to)),
      )) &&
    (comesIn.length === 0 ||
      comesIn.some(({ metadata, spec }) =>
        spec?.ingress?.some((rule) => passes(metadata.namespace, rule.from, rule.ports, from)),
      ))
  );
}

function policiesFor({ policies }: PolicyTable, { pod }: Party, type: 'Ingress' | 'Egress'): NetworkPolicy[] {
  if (!pod) return [];
  return policies.filter(
    ({ metadata, spec }) =>
      metadata.namespace === pod.namespace &&
      spec?.policyTypes?.includes(type) &&
      matchesLabels(spec.podSelector, pod.labels),
  );
}

function meetsPorts(ports: readonly Port[] | undefined, to: Party, port: number, protocol: Protocol): boolean {
  if (!ports?.length) return true;
  return ports.some((rule) => {
    if ((rule.protocol ?? 'TCP') !== protocol) return false;
    if (rule.port === undefined) return true;
    const first = typeof rule.port === 'string' ? to.pod?.ports.get(rule.port) : rule.port;
    return first !== undefined && port >= first && port <= (rule.endPort ?? first);
  });
}

function meetsPeers(
  peers: readonly Peer[] | undefined,
  other: Party,
  namespace: string,
  namespaces: readonly Namespace[],
): boolean {
  if (!peers?.length) return true;
  return peers.some(({ ipBlock, podSelector, namespaceSelector }) => {
    if (ipBlock) return isWithin(other.ip, ipBlock);
    if (!other.pod) return false;
    if (podSelector && !matchesLabels(podSelector, other.pod.labels)) return false;
    if (!namespaceSelector) return other.pod.namespace === namespace;
    const home = namespaces.find(({ metadata }) => metadata.name === other.pod?.namespace);
    return matchesLabels(namespaceSelector, home?.metadata.labels ?? {});
  });
}

function isWithin(ip: string, { cidr, except = [] }: NonNullable<Peer['ipBlock']>): boolean {
  return inRange(ip, cidr) && !except.some((range) => inRange(ip, range));
}

function inRange(ip: string, cidr: string): boolean {
  const [address = '', prefix = ''] = cidr.split('/');
  if (!isIPv4(ip) || !isIPv4(address)) return false;
  const range = new BlockList();
  range.addSubnet(address, Number(prefix), 'ipv4');
  return range.check(ip, 'ipv4');
}
