import { portNameProblems, portNumberProblems } from '../names.ts';
import { selectorText } from '../selector.ts';
import type { LabelSelector, NetworkPolicy } from '../types.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { forbiddenField, invalidValue, oneOf, problemsAt, requiredValue } from './field-error.ts';
import type { FieldError, KindDefinition } from './kind.ts';
import { validateCidr } from './ip-validation.ts';
import { validateLabelSelector, validateMetadata } from './metadata-validation.ts';

type Spec = NonNullable<NetworkPolicy['spec']>;
type Peer = NonNullable<NonNullable<Spec['ingress']>[number]['from']>[number];
type Port = NonNullable<NonNullable<Spec['ingress']>[number]['ports']>[number];

const PROTOCOLS = ['TCP', 'UDP', 'SCTP'];
const POLICY_TYPES = ['Ingress', 'Egress'];

export const networkPolicy: KindDefinition<NetworkPolicy> = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'NetworkPolicy',
  resource: 'networkpolicies',
  singular: 'networkpolicy',
  shortNames: ['netpol'],
  namespaced: true,
  hasGeneration: true,
  defaults(object) {
    const spec = (object.spec ??= {} as Spec);
    spec.podSelector ??= {};
    for (const rule of [...(spec.ingress ?? []), ...(spec.egress ?? [])]) {
      for (const port of rule.ports ?? []) port.protocol ??= 'TCP';
    }
    if (!spec.policyTypes?.length) spec.policyTypes = spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress'];
  },
  validate: validatePolicy,
  columns: [nameColumn, { name: 'Pod-Selector', cell: ({ spec }) => selectorText(spec?.podSelector) }, ageColumn],
};

function validatePolicy(object: NetworkPolicy): FieldError[] {
  const { podSelector = {}, ingress = [], egress = [], policyTypes = [] } = object.spec ?? {};
  const errors = [...validateMetadata(object), ...validateLabelSelector('spec.podSelector', podSelector)];
  ingress.forEach(({ from, ports }, index) => {
    errors.push(...validateRule(`spec.ingress[${index}]`, 'from', from, ports));
  });
  egress.forEach(({ to, ports }, index) => {
    errors.push(...validateRule(`spec.egress[${index}]`, 'to', to, ports));
  });
  policyTypes.forEach((type, index) => errors.push(...oneOf(`spec.policyTypes[${index}]`, type, POLICY_TYPES)));
  return errors;
}

function validateRule(field: string, side: 'from' | 'to', peers: Peer[] = [], ports: Port[] = []): FieldError[] {
  return [
    ...ports.flatMap((port, index) => validatePort(`${field}.ports[${index}]`, port)),
    ...peers.flatMap((peer, index) => validatePeer(`${field}.${side}[${index}]`, peer)),
  ];
}

function validatePort(field: string, { protocol, port, endPort }: Port): FieldError[] {
  const errors = oneOf(`${field}.protocol`, protocol, PROTOCOLS);
  if (typeof port === 'number') errors.push(...problemsAt(`${field}.port`, port, portNumberProblems(port)));
  if (typeof port === 'string') errors.push(...problemsAt(`${field}.port`, port, portNameProblems(port)));
  if (endPort === undefined) return errors;
  if (typeof port !== 'number') {
    const why = port === undefined ? 'port' : 'port with a number';
    return [...errors, requiredValue(`${field}.endPort`, `may not be specified when \`${why}\` is not specified`)];
  }
  if (endPort < port) errors.push(invalidValue(`${field}.endPort`, port, 'must be greater than or equal to `port`'));
  return [...errors, ...problemsAt(`${field}.endPort`, endPort, portNumberProblems(endPort))];
}

function validatePeer(field: string, { podSelector, namespaceSelector, ipBlock }: Peer): FieldError[] {
  const selectors: [string, LabelSelector | undefined][] = [
    ['podSelector', podSelector],
    ['namespaceSelector', namespaceSelector],
  ];
  const errors = selectors.flatMap(([name, selector]) =>
    selector ? validateLabelSelector(`${field}.${name}`, selector) : [],
  );
  if (ipBlock) errors.push(...validateIpBlock(`${field}.ipBlock`, ipBlock));
  const isSelecting = podSelector !== undefined || namespaceSelector !== undefined;
  if (!isSelecting && !ipBlock) errors.push(requiredValue(field, 'must specify a peer'));
  if (isSelecting && ipBlock) errors.push(forbiddenField(field, 'may not specify both ipBlock and another peer'));
  return errors;
}

function validateIpBlock(field: string, { cidr, except = [] }: NonNullable<Peer['ipBlock']>): FieldError[] {
  if (!cidr) return [requiredValue(`${field}.cidr`)];
  const places: [string, string][] = [
    [`${field}.cidr`, cidr],
    ...except.map((text, index): [string, string] => [`${field}.except[${index}]`, text]),
  ];
  return places.flatMap(([place, text]) => validateCidr(place, text));
}
