/** What a server says of Services and Endpoints that are wrong in one way or another. */
import { expect, it } from 'vitest';
import type { Endpoints, Service } from '../types.ts';
import { endpoints } from './endpoints.ts';
import { service } from './service.ts';

const ports = [{ port: 80 }];

function complete(spec: object): Service {
  const object: Service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: structuredClone(spec) };
  service.defaults?.(object);
  return object;
}

function problems(spec: object, old?: object): string[] {
  const errors = service.validate?.(complete(spec), old && complete(old)) ?? [];
  return errors.map(({ field, message }) => `${field}: ${message}`);
}

const notAnIp = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
const onlyBalancers = "Forbidden: may only be used when `type` is 'LoadBalancer'";

it.each<[string, object, string[]]>([
  ['an address that is none', { clusterIP: 'nope', ports }, [`spec.clusterIPs[0]: Invalid value: "nope": ${notAnIp}`]],
  [
    'None beside an address',
    { clusterIP: 'None', clusterIPs: ['None', '10.43.0.9'], ipFamilyPolicy: 'PreferDualStack', ports },
    [`spec.clusterIPs: Invalid value: ["None","10.43.0.9"]: 'None' must be the first and only value`],
  ],
  [
    'two fields for the address that differ',
    { clusterIP: '10.43.0.8', clusterIPs: ['10.43.0.9'], ports },
    ['spec.clusterIPs: Invalid value: ["10.43.0.9"]: first value must match `clusterIP`'],
  ],
  [
    'only the list of addresses',
    { clusterIPs: ['10.43.0.9'], ports },
    ['spec.clusterIPs: Invalid value: ["10.43.0.9"]: must be empty when `clusterIP` is not specified'],
  ],
  [
    'an address of another family than it says',
    { clusterIP: '10.43.0.9', ipFamilies: ['IPv6'], ports },
    [
      'spec.clusterIPs[0]: Invalid value: "10.43.0.9": expected an IPv6 value as indicated by `ipFamilies[0]`',
      'spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster',
    ],
  ],
  [
    'addresses from outside that mean the caller',
    { externalIPs: ['127.0.0.1', '169.254.0.1', 'here', '0.0.0.0', '192.0.2.7'], ports },
    [
      'spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
      'spec.externalIPs[1]: Invalid value: "169.254.0.1": may not be in the link-local range (169.254.0.0/16, fe80::/10)',
      `spec.externalIPs[2]: Invalid value: "here": ${notAnIp}`,
      'spec.externalIPs[3]: Invalid value: "0.0.0.0": may not be unspecified (0.0.0.0)',
    ],
  ],
  [
    'what only a load balancer has',
    { loadBalancerSourceRanges: ['10.0.0.0'], allocateLoadBalancerNodePorts: true, loadBalancerClass: 'a', ports },
    [
      `spec.LoadBalancerSourceRanges: ${onlyBalancers}`,
      'spec.LoadBalancerSourceRanges[0]: Invalid value: "10.0.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
      `spec.allocateLoadBalancerNodePorts: ${onlyBalancers}`,
      `spec.loadBalancerClass: ${onlyBalancers}`,
    ],
  ],
  [
    'a port to be asked at without a balancer that asks',
    { type: 'NodePort', healthCheckNodePort: 31_000, ports },
    [
      "spec.healthCheckNodePort: Invalid value: 31000: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
    ],
  ],
  [
    'one port of the node for two ports',
    { type: 'NodePort', ports: ['a', 'b'].map((name, place) => ({ name, port: 80 + place, nodePort: 31_000 })) },
    ['spec.ports[1].nodePort: Duplicate value: 31000'],
  ],
  [
    'an address for what is only a name',
    { type: 'ExternalName', externalName: 'db.example.com', clusterIP: '10.43.0.9', clusterIPs: ['10.43.0.9'] },
    ['spec.clusterIPs: Forbidden: may not be set for ExternalName services'],
  ],
  [
    'a preference that nobody knows',
    { trafficDistribution: 'Near', ports },
    [
      'spec.trafficDistribution: Unsupported value: "Near": supported values: "PreferClose", "PreferSameNode", "PreferSameZone"',
    ],
  ],
  ['a headless one without ports', { clusterIP: 'None' }, []],
])('%s', (_, spec, expected) => {
  expect(problems(spec)).toEqual(expected);
});

it('keeps the class of its load balancer', () => {
  const balancer = (loadBalancerClass: string) => ({ type: 'LoadBalancer', loadBalancerClass, ports });
  expect(problems(balancer('b'), balancer('a'))).toEqual([
    'spec.loadBalancerClass: Invalid value: "b": may not change once set',
  ]);
});

it('may lead to both families when it has neither an address nor pods', () => {
  const families = (spec: object) => {
    const { ipFamilies, ipFamilyPolicy } = complete(spec).spec ?? {};
    return [ipFamilies?.join(), ipFamilyPolicy];
  };
  expect(families({ clusterIP: 'None', ports })).toEqual(['IPv4,IPv6', 'RequireDualStack']);
  expect(families({ clusterIP: 'None', selector: { app: 'web' }, ports })).toEqual(['IPv4', 'SingleStack']);
  expect(problems({ clusterIP: 'None', ports })).toEqual([]);
});

it('refuses Endpoints that lead nowhere', () => {
  const object = {
    metadata: { name: 'web' },
    subsets: [{ ports: [{ port: 0 }] }, { addresses: [{ ip: '127.0.0.1' }, { ip: 'web' }], ports: [{ port: 80 }] }],
  } as Endpoints;
  endpoints.defaults?.(object);
  expect(endpoints.validate?.(object).map(({ field, message }) => `${field}: ${message}`)).toEqual([
    'subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`',
    'subsets[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
    'subsets[1].addresses[0].ip: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
    `subsets[1].addresses[1].ip: Invalid value: "web": ${notAnIp}`,
  ]);
});
