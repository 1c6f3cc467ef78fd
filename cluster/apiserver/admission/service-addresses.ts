import type { FieldError } from '../../objects/kinds/kind.ts';
import { isReachableFromOutside } from '../../objects/kinds/service-validation.ts';
import { internalError, invalid } from '../../objects/status-error.ts';
import type { Service, ServicePort } from '../../objects/types.ts';
import type { AdmissionReview } from './index.ts';

const clusterIpPrefix = '10.43.';
const clusterIpCount = 65_534;
const firstNodePort = 30_000;
const lastNodePort = 32_767;

/**
 * Gives Services their cluster IP and node ports. What is in use is read from the Services there are, so an
 * address is free again as soon as its Service is gone.
 */
export function serviceAddresses({ kind, object, old, store, random }: AdmissionReview): void {
  if (kind.kind !== 'Service' || !object.spec) return;
  const service = object as Service;
  const before = old as Service | undefined;
  const others = (store.list('services') as Service[]).filter(({ metadata }) => metadata.uid !== object.metadata.uid);
  if (before) keepAddresses(service, before);
  const errors = [...assignClusterIp(service, others, random), ...assignNodePorts(service, others, random)];
  assignHealthCheckPort(service, before, others, random);
  if (errors.length > 0) throw invalid(kind, object.metadata.name ?? '', errors);
}

/** An update that leaves addresses out means the ones the Service has; what its new type does not have goes. */
function keepAddresses({ spec }: Service, { spec: oldSpec }: Service): void {
  if (!spec || !oldSpec) return;
  if (hasClusterIp(spec.type) && hasClusterIp(oldSpec.type) && !spec.clusterIP) {
    spec.clusterIP = oldSpec.clusterIP;
    spec.clusterIPs = structuredClone(oldSpec.clusterIPs);
  }
  if (!isReachableFromOutside(spec) && spec.externalTrafficPolicy === oldSpec.externalTrafficPolicy) {
    delete spec.externalTrafficPolicy;
  }
  if (!hasNodePorts(spec.type)) {
    for (const port of spec.ports ?? []) {
      const wasAssigned = oldSpec.ports?.some((oldPort) => oldPort.nodePort === port.nodePort);
      if (wasAssigned) delete port.nodePort;
    }
    return;
  }
  for (const port of spec.ports ?? []) {
    const same = oldSpec.ports?.find((oldPort) => oldPort.port === port.port && sameProtocol(oldPort, port));
    if (!port.nodePort && same?.nodePort) port.nodePort = same.nodePort;
  }
}

function assignClusterIp({ spec }: Service, others: Service[], random: () => number): FieldError[] {
  if (!spec) return [];
  if (!hasClusterIp(spec.type)) {
    delete spec.clusterIP;
    delete spec.clusterIPs;
    return [];
  }
  const used = new Set(others.map((other) => other.spec?.clusterIP));
  const wanted = spec.clusterIP || spec.clusterIPs?.[0];
  const ip = wanted ?? findFree(clusterIpCount, random, (index) => !used.has(clusterIpAt(index)), clusterIpAt);
  spec.clusterIP = ip;
  spec.clusterIPs = [ip];
  if (!wanted || wanted === 'None') return [];
  const refuse = (why: string): FieldError[] => [
    {
      reason: 'FieldValueInvalid',
      field: 'spec.clusterIPs',
      message: `Invalid value: ["${ip}"]: failed to allocate IP ${ip}: ${why}`,
    },
  ];
  if (!ip.startsWith(clusterIpPrefix)) {
    return refuse('the provided IP is not in the valid range. The range of valid IPs is 10.43.0.0/16');
  }
  return used.has(ip) ? refuse('provided IP is already allocated') : [];
}

function assignNodePorts({ spec }: Service, others: Service[], random: () => number): FieldError[] {
  if (!spec || !hasNodePorts(spec.type)) return [];
  const used = usedNodePorts(others);
  const errors: FieldError[] = [];
  for (const [index, port] of (spec.ports ?? []).entries()) {
    const { nodePort } = port;
    const refuse = (why: string) => {
      const message = `Invalid value: ${nodePort}: ${why}`;
      errors.push({ reason: 'FieldValueInvalid', field: `spec.ports[${index}].nodePort`, message });
    };
    if (!nodePort) {
      if (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts === false) continue;
      const at = (offset: number) => firstNodePort + offset;
      port.nodePort = findFree(lastNodePort - firstNodePort + 1, random, (offset) => !used.has(at(offset)), at);
    } else if (nodePort < firstNodePort || nodePort > lastNodePort) {
      refuse(`provided port is not in the valid range. The range of valid ports is ${firstNodePort}-${lastNodePort}`);
    } else if (used.has(nodePort)) {
      refuse('provided port is already allocated');
    }
    used.add(port.nodePort);
  }
  return errors;
}

/** The port at which a load balancer asks a node whether it has a pod of the Service. */
function assignHealthCheckPort(
  { spec }: Service,
  before: Service | undefined,
  others: Service[],
  random: () => number,
): void {
  if (!spec) return;
  if (spec.type !== 'LoadBalancer' || spec.externalTrafficPolicy !== 'Local') {
    delete spec.healthCheckNodePort;
    return;
  }
  const used = usedNodePorts([...others, { spec } as Service]);
  const at = (offset: number) => firstNodePort + offset;
  spec.healthCheckNodePort ??=
    before?.spec?.healthCheckNodePort ??
    findFree(lastNodePort - firstNodePort + 1, random, (offset) => !used.has(at(offset)), at);
}

function usedNodePorts(services: readonly Service[]): Set<number | undefined> {
  const ports = services.flatMap(({ spec }) => [
    spec?.healthCheckNodePort,
    ...(spec?.ports ?? []).map(({ nodePort }) => nodePort),
  ]);
  return new Set(ports);
}

/** The first free place from a random one on. */
function findFree<T>(
  count: number,
  random: () => number,
  isFree: (index: number) => boolean,
  at: (index: number) => T,
): T {
  const start = Math.floor(random() * count);
  for (let step = 0; step < count; step++) {
    const index = (start + step) % count;
    if (isFree(index)) return at(index);
  }
  throw internalError('failed to allocate a serviceIP: range is full');
}

/** 10.43.0.1 is number 0: the network's and the broadcast address stay out. */
function clusterIpAt(index: number): string {
  return `${clusterIpPrefix}${(index + 1) >> 8}.${(index + 1) & 255}`;
}

function hasClusterIp(type: string | undefined): boolean {
  return type !== 'ExternalName';
}

function hasNodePorts(type: string | undefined): boolean {
  return type === 'NodePort' || type === 'LoadBalancer';
}

function sameProtocol(a: ServicePort, b: ServicePort): boolean {
  return (a.protocol ?? 'TCP') === (b.protocol ?? 'TCP');
}
