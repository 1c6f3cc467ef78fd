import { readyEndpoints, slicesOf } from '../objects/endpoint-slices.ts';
import type { EndpointSlice, Service } from '../objects/types.ts';

/** What the resolver knows about who asks. */
export interface Asker {
  namespace: string;
  hostname: string;
  ip: string;
}

export interface DnsAnswer {
  /** The name in full, as `nslookup` prints it. */
  name: string;
  addresses: string[];
  /** False: there is no such name (NXDOMAIN). True without addresses: a headless Service without ready pods. */
  exists: boolean;
  /** No answer came at all; the asker gives up after this long. */
  silentMs?: number;
}

export interface DnsZone {
  services: readonly Service[];
  slices: readonly EndpointSlice[];
  /** Such as `cluster.local`. */
  clusterDomain: string;
}

const maxAliases = 8;

/**
 * Answers as a pod's resolver does: own name and localhost from /etc/hosts, then the search path
 * `<namespace>.svc.<domain>`, `svc.<domain>`, `<domain>`. Pure.
 * Differs: names outside the cluster do not exist.
 */
export function resolveName(question: string, asker: Asker, zone: DnsZone): DnsAnswer {
  const known = readHosts(question, asker);
  if (known) return known;
  const absolute = question.endsWith('.');
  const name = question.replace(/\.$/, '').toLowerCase();
  const { clusterDomain } = zone;
  const searched = ['', `.${asker.namespace}.svc.${clusterDomain}`, `.svc.${clusterDomain}`, `.${clusterDomain}`];
  for (const suffix of absolute ? [''] : searched) {
    const answer = lookUp(name + suffix, zone, maxAliases);
    if (answer) return answer;
  }
  return { name: `${name}${absolute ? '' : searched[1]}`, addresses: [], exists: false };
}

/** What `/etc/hosts` says, for which no server is asked. */
export function readHosts(question: string, asker: Asker): DnsAnswer | undefined {
  const name = question.toLowerCase();
  if (name === 'localhost') return { name, addresses: ['127.0.0.1'], exists: true };
  return name === asker.hostname.toLowerCase() ? { name, addresses: [asker.ip], exists: true } : undefined;
}

/** The record of a full name: `service.namespace.svc.domain`, with a pod's host name in front for headless ones. */
function lookUp(name: string, zone: DnsZone, aliasesLeft: number): DnsAnswer | undefined {
  const suffix = `.svc.${zone.clusterDomain}`;
  if (!name.endsWith(suffix)) return undefined;
  const [namespace, serviceName, host, ...deeper] = name.slice(0, -suffix.length).split('.').toReversed();
  if (!serviceName || deeper.length > 0) return undefined;
  const service = zone.services.find(
    ({ metadata }) => metadata.name === serviceName && metadata.namespace === namespace,
  );
  if (!service) return undefined;
  const { type, externalName = '', clusterIP } = service.spec ?? {};
  if (type === 'ExternalName') {
    const target = aliasesLeft > 0 ? lookUp(externalName.replace(/\.$/, ''), zone, aliasesLeft - 1) : undefined;
    return host === undefined ? (target ?? { name: externalName, addresses: [], exists: false }) : undefined;
  }
  if (clusterIP && clusterIP !== 'None')
    return host === undefined ? { name, addresses: [clusterIP], exists: true } : undefined;

  const endpoints = slicesOf(service, zone.slices)
    .flatMap(readyEndpoints)
    .filter((endpoint) => host === undefined || endpoint.hostname === host);
  if (host !== undefined && endpoints.length === 0) return undefined;
  return { name, addresses: [...new Set(endpoints.flatMap(({ addresses }) => addresses))], exists: true };
}
