import { dnsLabelProblems, dnsSubdomainProblems, portNumberProblems } from '../names.ts';
import type { Service, ServicePort } from '../types.ts';
import { duplicateValue, forbiddenField, invalidValue, oneOf, problemsAt, requiredValue } from './field-error.ts';
import type { FieldError } from './kind.ts';
import { validateLabels, validateMetadata } from './metadata-validation.ts';
import { validatePort } from './probe-validation.ts';

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
type Spec = NonNullable<Service['spec']>;

const MOST_AFFINITY_SECONDS = 86_400;
const NODE_PORTS = { first: 30_000, last: 32_767 };

export function validateService(service: Service, old?: Service): FieldError[] {
  const spec = service.spec ?? {};
  const ports = spec.ports ?? [];
  const errors = validateMetadata(service, dnsLabelProblems);
  if (ports.length === 0 && spec.clusterIP !== 'None' && spec.type !== 'ExternalName') {
    errors.push(requiredValue('spec.ports'));
  }
  if (spec.type === 'ExternalName') {
    const name = spec.externalName?.replace(/\.$/, '');
    if (name) errors.push(...problemsAt('spec.externalName', spec.externalName, dnsSubdomainProblems(name)));
    else errors.push(requiredValue('spec.externalName'));
  }
  if ((spec.type === 'LoadBalancer' || spec.type === 'NodePort') && spec.clusterIP === 'None') {
    errors.push(invalidValue('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${spec.type} services`));
  }
  errors.push(...validatePorts(ports));
  errors.push(...validateLabels('spec.selector', spec.selector));
  errors.push(...oneOf('spec.sessionAffinity', spec.sessionAffinity, ['ClientIP', 'None']));
  errors.push(...validateAffinity(spec), ...validateFamilies(spec));
  errors.push(...oneOf('spec.type', spec.type, TYPES));
  if (spec.type === 'ClusterIP') errors.push(...ports.flatMap(refuseNodePort));
  errors.push(...validateBalancer(spec), ...validateExternalTraffic(spec));
  if (spec.internalTrafficPolicy !== undefined) {
    errors.push(...oneOf('spec.internalTrafficPolicy', spec.internalTrafficPolicy, ['Cluster', 'Local']));
  }
  errors.push(...validateAddressUpdate(service, old));
  return errors;
}

/** How long callers stay with the pod that they had. */
function validateAffinity({ sessionAffinity, sessionAffinityConfig }: Spec): FieldError[] {
  const seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds;
  if (sessionAffinity !== 'ClientIP' || seconds === undefined) return [];
  if (seconds > 0 && seconds <= MOST_AFFINITY_SECONDS) return [];
  const rule = `must be greater than 0 and less than ${MOST_AFFINITY_SECONDS}`;
  return [invalidValue('spec.sessionAffinityConfig.clientIP.timeoutSeconds', seconds, rule)];
}

/** The cluster has IPv4 only. */
function validateFamilies({ type, ipFamilies = [], ipFamilyPolicy }: Spec): FieldError[] {
  if (type === 'ExternalName') return [];
  const errors = ipFamilies.flatMap((family, index) => {
    const at = `spec.ipFamilies[${index}]`;
    if (family === 'IPv6') return [invalidValue(at, family, 'not configured on this cluster')];
    return oneOf(at, family, ['IPv4', 'IPv6']);
  });
  if (ipFamilyPolicy === undefined) return errors;
  const at = 'spec.ipFamilyPolicy';
  if (ipFamilyPolicy === 'RequireDualStack') {
    return [...errors, invalidValue(at, ipFamilyPolicy, 'this cluster is not configured for dual-stack services')];
  }
  return [...errors, ...oneOf(at, ipFamilyPolicy, ['PreferDualStack', 'RequireDualStack', 'SingleStack'])];
}

function validateBalancer({ type, loadBalancerSourceRanges, loadBalancerClass }: Spec): FieldError[] {
  if (type === 'LoadBalancer') return [];
  const rule = "may only be used when `type` is 'LoadBalancer'";
  return [
    ...(loadBalancerSourceRanges?.length ? [forbiddenField('spec.LoadBalancerSourceRanges', rule)] : []),
    ...(loadBalancerClass === undefined ? [] : [forbiddenField('spec.loadBalancerClass', rule)]),
  ];
}

/** Whether callers from outside reach it by an address of a node or a load balancer. */
export function isReachableFromOutside({ type, externalIPs = [] }: Spec): boolean {
  return type === 'LoadBalancer' || type === 'NodePort' || (type !== 'ExternalName' && externalIPs.length > 0);
}

function validateExternalTraffic(spec: Spec): FieldError[] {
  const field = 'spec.externalTrafficPolicy';
  const policy = spec.externalTrafficPolicy;
  if (isReachableFromOutside(spec)) return oneOf(field, policy, ['Cluster', 'Local']);
  return policy ? [invalidValue(field, policy, 'may only be set for externally-accessible services')] : [];
}

function validatePorts(ports: ServicePort[]): FieldError[] {
  const names = new Set<string>();
  const numbers = new Set<string>();
  return ports.flatMap((port, index) => {
    const at = `spec.ports[${index}]`;
    const errors: FieldError[] = [];
    if (port.name) {
      errors.push(...problemsAt(`${at}.name`, port.name, dnsLabelProblems(port.name)));
      if (names.has(port.name)) errors.push(duplicateValue(`${at}.name`, port.name));
      names.add(port.name);
    } else if (ports.length > 1) {
      errors.push(requiredValue(`${at}.name`));
    }
    errors.push(...problemsAt(`${at}.port`, port.port ?? 0, portNumberProblems(port.port)));
    errors.push(...oneOf(`${at}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP']));
    errors.push(...validatePort(`${at}.targetPort`, port.targetPort));
    errors.push(...validateNodePort(`${at}.nodePort`, port.nodePort));
    const number = `${port.protocol}/${port.port}`;
    if (numbers.has(number)) {
      // A server compares by two fields, and prints all of them.
      const { protocol: Protocol, port: Port } = port;
      const shown = { Name: '', Protocol, AppProtocol: null, Port, TargetPort: 0, NodePort: 0 };
      errors.push(duplicateValue(at, shown));
    }
    numbers.add(number);
    return errors;
  });
}

function validateNodePort(field: string, nodePort: number | undefined): FieldError[] {
  if (!nodePort || (nodePort >= NODE_PORTS.first && nodePort <= NODE_PORTS.last)) return [];
  const range = `${NODE_PORTS.first}-${NODE_PORTS.last}`;
  return [
    invalidValue(field, nodePort, `provided port is not in the valid range. The range of valid ports is ${range}`),
  ];
}

/** On a change of type what the Service had before has been dropped by now. */
function refuseNodePort({ nodePort }: ServicePort, index: number): FieldError[] {
  return nodePort
    ? [forbiddenField(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'")]
    : [];
}

/** Clients cache the address, so a Service keeps the one it has. */
function validateAddressUpdate({ spec }: Service, old?: Service): FieldError[] {
  const before = old?.spec?.clusterIP;
  if (!before || spec?.type === 'ExternalName' || old.spec?.type === 'ExternalName') return [];
  if (spec?.clusterIP === before) return [];
  return [invalidValue('spec.clusterIPs[0]', spec?.clusterIPs, 'may not change once set')];
}
