import { isDeepStrictEqual } from 'node:util';
import type { FieldError } from '../../objects/kinds/kind.ts';
import { validateClusterIps, validateFamilies } from '../../objects/kinds/service-ip-validation.ts';
import { isAskedByBalancers, isReachableFromOutside } from '../../objects/kinds/service-validation.ts';
import { internalError, invalid } from '../../objects/status-error.ts';
import type { Service, ServicePort } from '../../objects/types.ts';
import type { AdmissionReview } from './index.ts';

type Spec = NonNullable<Service['spec']>;

const clusterIpPrefix = '10.43.';
const clusterIpCount = 65_534;
const firstNodePort = 30_000;
const lastNodePort = 32_767;

/**
 * Gives Services their cluster IP and node ports. What is in use is read from the Services there are, so an
 * address is free again as soon as its Service is gone. One that asks for what cannot be given is refused with that
 * alone, before anything else of it is looked at.
 */
export function serviceAddresses({ kind, object, old, store, random }: AdmissionReview): void {
  if (kind.kind !== 'Service' || !object.spec) return;
  const service = object as Service;
  const before = old as Service | undefined;
  const others = (store.list('services') as Service[]).filter(({ metadata }) => metadata.uid !== object.metadata.uid);
  if (before) keepAddresses(service, before);
  const spec = service.spec ?? {};
  if (hasClusterIp(spec.type) && spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP];
  const steps = [
    () => validateClusterIps(spec),
    () => validateFamilies(spec),
    () => assignClusterIp(spec, before, others, random),
    () => assignNodePorts(service, others, random),
  ];
  for (const step of steps) {
    const errors = step();
    if (errors.length > 0) throw invalid(kind, object.metadata.name ?? '', errors);
  }
  assignHealthCheckPort(service, before, others, random);
}

/** An update that leaves addresses out means the ones the Service has; what its new type does not have goes. */
function keepAddresses({ spec }: Service, { spec: oldSpec }: Service): void {
  if (!spec || !oldSpec) return;
  if (hasClusterIp(spec.type) && hasClusterIp(oldSpec.type)) keepClusterIps(spec, oldSpec);
  else if (hasClusterIp(oldSpec.type)) dropUnchanged(spec, oldSpec, ofAddresses);
  if (spec.type !== 'LoadBalancer') dropUnchanged(spec, oldSpec, ofBalancers);
  if (!isReachableFromOutside(spec)) dropUnchanged(spec, oldSpec, ['externalTrafficPolicy']);
  if (!isAskedByBalancers(spec)) dropUnchanged(spec, oldSpec, ['healthCheckNodePort']);
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

/** Who changes one of the two fields and leaves the other as it is means both. */
function keepClusterIps(spec: Spec, oldSpec: Spec): void {
  spec.clusterIP ||= oldSpec.clusterIP;
  const isSameList = isDeepStrictEqual(spec.clusterIPs, oldSpec.clusterIPs);
  if (spec.clusterIP === oldSpec.clusterIP) {
    if (!spec.clusterIPs?.length) spec.clusterIPs = structuredClone(oldSpec.clusterIPs);
  } else if (isSameList && spec.clusterIP) spec.clusterIPs = [spec.clusterIP];
}

const ofAddresses = ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'] as const;
const ofBalancers = ['allocateLoadBalancerNodePorts', 'loadBalancerClass'] as const;

/** What is asked for anew stays, and is refused where it does not belong. */
function dropUnchanged(spec: Spec, oldSpec: Spec, fields: readonly (keyof Spec)[]): void {
  for (const field of fields) if (isDeepStrictEqual(spec[field], oldSpec[field])) delete spec[field];
}

/** A Service that has an address never gets another; that one was asked for is for validation to refuse. */
function assignClusterIp(
  spec: Spec,
  before: Service | undefined,
  others: Service[],
  random: () => number,
): FieldError[] {
  if (!hasClusterIp(spec.type) || (before && hasClusterIp(before.spec?.type))) return [];
  const used = new Set(others.map((other) => other.spec?.clusterIP));
  const wanted = spec.clusterIP;
  const ip = wanted || findFree(clusterIpCount, random, (index) => !used.has(clusterIpAt(index)), clusterIpAt);
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
  if (!isAskedByBalancers(spec)) return;
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
