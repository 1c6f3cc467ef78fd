import { labelsText } from '../selector.ts';
import type { Service } from '../types.ts';
import { ageColumn, nameColumn, orNone } from './columns.ts';
import type { KindDefinition } from './kind.ts';
import { isHeadless } from './service-ip-validation.ts';
import { isReachableFromOutside, validateService } from './service-validation.ts';

const AFFINITY_TIMEOUT_SECONDS = 3 * 60 * 60;

type Spec = NonNullable<Service['spec']>;

export const service: KindDefinition<Service> = {
  group: '',
  version: 'v1',
  kind: 'Service',
  resource: 'services',
  singular: 'service',
  shortNames: ['svc'],
  categories: ['all'],
  namespaced: true,
  createsOnUpdate: true,
  subresources: ['status'],
  defaults: defaultService,
  validate: validateService,
  columns: [
    nameColumn,
    { name: 'Type', cell: ({ spec }) => spec?.type ?? '' },
    { name: 'Cluster-IP', cell: ({ spec }) => orNone(spec?.clusterIPs?.[0] ?? spec?.clusterIP) },
    { name: 'External-IP', cell: externalAddresses },
    { name: 'Port(s)', cell: ({ spec }) => orNone(spec?.ports?.map(portText).join(',')) },
    ageColumn,
    { name: 'Selector', wide: true, cell: ({ spec }) => labelsText(spec?.selector) },
  ],
  selectableFields: {
    'spec.clusterIP': ({ spec }) => spec?.clusterIP ?? '',
    'spec.type': ({ spec }) => spec?.type ?? '',
  },
};

/** The addresses themselves (`clusterIP`, `nodePort`) are given by admission. */
function defaultService(object: Service): void {
  const spec = (object.spec ??= {});
  spec.type ??= 'ClusterIP';
  spec.sessionAffinity ??= 'None';
  for (const port of spec.ports ?? []) {
    port.protocol ??= 'TCP';
    port.targetPort ||= port.port;
  }
  if (spec.sessionAffinity === 'ClientIP') {
    if (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined)
      spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: AFFINITY_TIMEOUT_SECONDS } };
  } else {
    delete spec.sessionAffinityConfig;
  }
  if (spec.type !== 'ExternalName') {
    spec.internalTrafficPolicy ??= 'Cluster';
    if (spec.clusterIP) spec.clusterIPs ??= [spec.clusterIP];
    defaultFamilies(spec);
  }
  defaultExposure(spec);
  object.status ??= {};
  object.status.loadBalancer ??= {};
}

/** One without an address and without pods of its own may lead to endpoints of both families. */
function defaultFamilies(spec: Spec): void {
  const mayHaveBoth = isHeadless(spec) && Object.keys(spec.selector ?? {}).length === 0;
  spec.ipFamilyPolicy ??= mayHaveBoth ? 'RequireDualStack' : 'SingleStack';
  if (!spec.ipFamilies?.length) spec.ipFamilies = ['IPv4'];
  if (mayHaveBoth && spec.ipFamilyPolicy !== 'SingleStack' && spec.ipFamilies.length === 1)
    spec.ipFamilies = [...spec.ipFamilies, spec.ipFamilies[0] === 'IPv4' ? 'IPv6' : 'IPv4'];
}

/** What depends on whether the Service is reachable from outside, also after a change of its type. */
function defaultExposure(spec: Spec): void {
  if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true;
  if (isReachableFromOutside(spec)) spec.externalTrafficPolicy ??= 'Cluster';
}

function externalAddresses({ spec, status }: Service): string {
  const external = spec?.externalIPs ?? [];
  if (spec?.type === 'ExternalName') return spec.externalName ?? '';
  if (spec?.type !== 'LoadBalancer') return orNone(external.join(','));
  const balancer = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? '');
  const addresses = [...new Set([...balancer, ...external])];
  return addresses.length > 0 ? addresses.join(',') : '<pending>';
}

function portText({ port, nodePort, protocol }: NonNullable<Spec['ports']>[number]): string {
  return nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`;
}
