import { dnsLabelProblems, dnsSubdomainProblems, portNumberProblems, qualifiedNameProblems } from '../names.ts';
import type { Service, ServicePort } from '../types.ts';
import { duplicateValue, forbiddenField, invalidValue, oneOf, problemsAt, requiredValue } from './field-error.ts';
import { validateCidr, validateReachableIp } from './ip-validation.ts';
import type { FieldError } from './kind.ts';
import { validateLabels, validateMetadata } from './metadata-validation.ts';
import { validatePort } from './probe-validation.ts';
import { isHeadless, validateAddressUpdate, validateClusterIps, validateFamilies } from './service-ip-validation.ts';

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const DISTRIBUTIONS = ['PreferClose', 'PreferSameNode', 'PreferSameZone'];
type Spec = NonNullable<Service['spec']>;

const MOST_AFFINITY_SECONDS = 86_400;

export function validateService(service: Service, old?: Service): FieldError[] {
  const spec = service.spec ?? {};
  const { ports = [], externalIPs = [], internalTrafficPolicy, trafficDistribution } = spec;
  const errors = [...validateUpdate(service, old), ...validateMetadata(service, dnsLabelProblems)];
  if (ports.length === 0 && !isHeadless(spec) && spec.type !== 'ExternalName') {
    errors.push(requiredValue('spec.ports'));
  }
  if (spec.type === 'ExternalName') errors.push(...validateExternalName(spec));
  if ((spec.type === 'LoadBalancer' || spec.type === 'NodePort') && isHeadless(spec)) {
    errors.push(invalidValue('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${spec.type} services`));
  }
  errors.push(...validatePorts(ports));
  errors.push(...validateLabels('spec.selector', spec.selector));
  errors.push(...oneOf('spec.sessionAffinity', spec.sessionAffinity, ['ClientIP', 'None']));
  errors.push(...validateAffinity(spec), ...validateClusterIps(spec), ...validateFamilies(spec));
  errors.push(...externalIPs.flatMap((address, index) => validateReachableIp(`spec.externalIPs[${index}]`, address)));
  errors.push(...oneOf('spec.type', spec.type, TYPES));
  if (spec.type === 'ClusterIP') errors.push(...ports.flatMap(refuseNodePort));
  errors.push(...findRepeatedPorts(ports), ...validateBalancer(spec), ...validateExternalTraffic(spec));
  if (internalTrafficPolicy !== undefined)
    errors.push(...oneOf('spec.internalTrafficPolicy', internalTrafficPolicy, ['Cluster', 'Local']));
  if (trafficDistribution !== undefined)
    errors.push(...oneOf('spec.trafficDistribution', trafficDistribution, DISTRIBUTIONS));
  return errors;
}

function validateUpdate(service: Service, old: Service | undefined): FieldError[] {
  const errors = validateAddressUpdate(service, old);
  const spec = service.spec ?? {};
  const before = old?.spec;
  if (!before) return errors;
  if (spec.type === 'LoadBalancer' && before.type === 'LoadBalancer') {
    if (spec.loadBalancerClass !== before.loadBalancerClass)
      errors.push(invalidValue('spec.loadBalancerClass', spec.loadBalancerClass, 'may not change once set'));
  }
  if (isAskedByBalancers(spec) && isAskedByBalancers(before)) {
    if (spec.healthCheckNodePort !== before.healthCheckNodePort)
      errors.push(forbiddenField('spec.healthCheckNodePort', 'field is immutable'));
  }
  return errors;
}

/** It is only another name: what would need an address has no place. */
function validateExternalName({ clusterIPs, ipFamilies, ipFamilyPolicy, externalName }: Spec): FieldError[] {
  const rule = 'may not be set for ExternalName services';
  const name = externalName?.replace(/\.$/, '');
  return [
    ...(clusterIPs?.length ? [forbiddenField('spec.clusterIPs', rule)] : []),
    ...(ipFamilies?.length ? [forbiddenField('spec.ipFamilies', rule)] : []),
    ...(ipFamilyPolicy === undefined ? [] : [forbiddenField('spec.ipFamilyPolicy', rule)]),
    ...(name
      ? problemsAt('spec.externalName', name, dnsSubdomainProblems(name))
      : [requiredValue('spec.externalName')]),
  ];
}

/** How long callers stay with the pod that they had. */
function validateAffinity({ sessionAffinity, sessionAffinityConfig }: Spec): FieldError[] {
  const seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds;
  if (sessionAffinity !== 'ClientIP' || seconds === undefined) return [];
  if (seconds > 0 && seconds <= MOST_AFFINITY_SECONDS) return [];
  const rule = `must be greater than 0 and less than ${MOST_AFFINITY_SECONDS}`;
  return [invalidValue('spec.sessionAffinityConfig.clientIP.timeoutSeconds', seconds, rule)];
}

function validateBalancer(spec: Spec): FieldError[] {
  const { loadBalancerSourceRanges: ranges = [], allocateLoadBalancerNodePorts, loadBalancerClass } = spec;
  const at = 'spec.LoadBalancerSourceRanges';
  // Spaces around a range have always been let through.
  const errors = ranges.flatMap((range, index) => validateCidr(`${at}[${index}]`, range.trim()));
  if (spec.type === 'LoadBalancer') {
    if (loadBalancerClass === undefined) return errors;
    return [
      ...errors,
      ...problemsAt('spec.loadBalancerClass', loadBalancerClass, qualifiedNameProblems(loadBalancerClass)),
    ];
  }
  const rule = "may only be used when `type` is 'LoadBalancer'";
  return [
    ...(ranges.length > 0 ? [forbiddenField(at, rule)] : []),
    ...errors,
    ...(allocateLoadBalancerNodePorts === undefined
      ? []
      : [forbiddenField('spec.allocateLoadBalancerNodePorts', rule)]),
    ...(loadBalancerClass === undefined ? [] : [forbiddenField('spec.loadBalancerClass', rule)]),
  ];
}

/** Whether callers from outside reach it by an address of a node or a load balancer. */
export function isReachableFromOutside({ type, externalIPs = [] }: Spec): boolean {
  return type === 'LoadBalancer' || type === 'NodePort' || (type !== 'ExternalName' && externalIPs.length > 0);
}

/** Whether a load balancer asks each node if it has a pod of the Service. */
export function isAskedByBalancers({ type, externalTrafficPolicy }: Spec): boolean {
  return type === 'LoadBalancer' && externalTrafficPolicy === 'Local';
}

function validateExternalTraffic(spec: Spec): FieldError[] {
  const { externalTrafficPolicy: policy, healthCheckNodePort: port } = spec;
  const errors: FieldError[] = [];
  const at = 'spec.externalTrafficPolicy';
  if (isReachableFromOutside(spec)) errors.push(...oneOf(at, policy, ['Cluster', 'Local']));
  else if (policy) errors.push(invalidValue(at, policy, 'may only be set for externally-accessible services'));
  if (!port || isAskedByBalancers(spec)) return errors;
  const rule = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
  return [...errors, invalidValue('spec.healthCheckNodePort', port, rule)];
}

function validatePorts(ports: ServicePort[]): FieldError[] {
  const names = new Set<string>();
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
    if (port.appProtocol !== undefined)
      errors.push(...problemsAt(`${at}.appProtocol`, port.appProtocol, qualifiedNameProblems(port.appProtocol)));
    return errors;
  });
}

/** Two ports may share a number when they differ in the protocol. */
function findRepeatedPorts(ports: ServicePort[]): FieldError[] {
  const repeated = (
    number: (port: ServicePort) => number | undefined,
    error: (port: ServicePort, at: string) => FieldError,
  ) => {
    const seen = new Set<string>();
    return ports.flatMap((port, index) => {
      if (!number(port)) return [];
      const key = `${port.protocol}/${number(port)}`;
      const errors = seen.has(key) ? [error(port, `spec.ports[${index}]`)] : [];
      seen.add(key);
      return errors;
    });
  };
  return [
    ...repeated(
      ({ nodePort }) => nodePort,
      ({ nodePort }, at) => duplicateValue(`${at}.nodePort`, nodePort),
    ),
    // A server compares by two fields, and prints all of them.
    ...repeated(
      ({ port }) => port,
      ({ protocol: Protocol, port: Port }, at) =>
        duplicateValue(at, { Name: '', Protocol, AppProtocol: null, Port, TargetPort: 0, NodePort: 0 }),
    ),
  ];
}

/** On a change of type what the Service had before has been dropped by now. */
function refuseNodePort({ nodePort }: ServicePort, index: number): FieldError[] {
  return nodePort
    ? [forbiddenField(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'")]
    : [];
}
