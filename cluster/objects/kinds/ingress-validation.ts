import { isIP } from 'node:net';
import {
  dnsLabelProblems,
  dnsSubdomainProblems,
  portNameProblems,
  portNumberProblems,
  wildcardSubdomainProblems,
} from '../names.ts';
import type { Ingress } from '../types.ts';
import { invalidValue, oneOf, problemsAt, requiredValue } from './field-error.ts';
import type { FieldError } from './kind.ts';
import { validateMetadata } from './metadata-validation.ts';

type Spec = NonNullable<Ingress['spec']>;
type Rule = NonNullable<Spec['rules']>[number];
type Path = NonNullable<Rule['http']>['paths'][number];
type Backend = NonNullable<Spec['defaultBackend']>;

export const ingressClassAnnotation = 'kubernetes.io/ingress.class';

const pathTypes = ['Exact', 'ImplementationSpecific', 'Prefix'];
const sequencesOfNoPath = ['//', '/./', '/../', '%2f', '%2F'];
const endsOfNoPath = ['/..', '/.'];

export function validateIngress(object: Ingress, old?: Ingress): FieldError[] {
  const { rules, defaultBackend, tls = [], ingressClassName } = object.spec ?? {};
  const errors = [...validateMetadata(object), ...validateClassTwice(object, old)];
  if (!rules?.length && !defaultBackend) {
    errors.push(invalidValue('spec', rules, 'either `defaultBackend` or `rules` must be specified'));
  }
  if (defaultBackend) errors.push(...validateBackend('spec.defaultBackend', defaultBackend));
  errors.push(...(rules ?? []).flatMap((rule, index) => validateRule(`spec.rules[${index}]`, rule)));
  tls.forEach(({ hosts = [], secretName }, index) => {
    const at = `spec.tls[${index}]`;
    hosts.forEach((host, place) => errors.push(...validateName(`${at}.hosts[${place}]`, host)));
    if (secretName) errors.push(...problemsAt(`${at}.secretName`, secretName, dnsSubdomainProblems(secretName)));
  });
  if (ingressClassName !== undefined) {
    errors.push(...problemsAt('spec.ingressClassName', ingressClassName, dnsSubdomainProblems(ingressClassName)));
  }
  return errors;
}

/** The annotation is the older way to name the class; only a new object is held to one of them. */
function validateClassTwice({ metadata, spec }: Ingress, old: Ingress | undefined): FieldError[] {
  const annotation = metadata.annotations?.[ingressClassAnnotation];
  if (old || annotation === undefined || spec?.ingressClassName === undefined) return [];
  return [
    invalidValue(
      `annotations.${ingressClassAnnotation}`,
      annotation,
      'can not be set when the class field is also set',
    ),
  ];
}

function validateRule(field: string, { host, http }: Rule): FieldError[] {
  const errors: FieldError[] = [];
  if (host && isIP(host)) errors.push(invalidValue(`${field}.host`, host, 'must be a DNS name, not an IP address'));
  if (host) errors.push(...validateName(`${field}.host`, host));
  if (!http) return errors;
  const { paths = [] } = http as Partial<typeof http>;
  if (paths.length === 0) errors.push(requiredValue(`${field}.http.paths`));
  return [...errors, ...paths.flatMap((path, index) => validatePath(`${field}.http.paths[${index}]`, path))];
}

function validateName(field: string, host: string): FieldError[] {
  const problems = host.includes('*') ? wildcardSubdomainProblems(host) : dnsSubdomainProblems(host);
  return problemsAt(field, host, problems);
}

function validatePath(field: string, { path = '', pathType, backend }: Path): FieldError[] {
  if (!pathType) return [requiredValue(`${field}.pathType`, 'pathType must be specified')];
  const errors = oneOf(`${field}.pathType`, pathType, pathTypes);
  const problems: string[] = [];
  const isStrict = pathType === 'Exact' || pathType === 'Prefix';
  const mayBeEmpty = !isStrict && path === '';
  if (!path.startsWith('/') && !mayBeEmpty && errors.length === 0) problems.push('must be an absolute path');
  if (isStrict) {
    for (const text of sequencesOfNoPath) if (path.includes(text)) problems.push(`must not contain '${text}'`);
    for (const text of endsOfNoPath) if (path.endsWith(text)) problems.push(`cannot end with '${text}'`);
  }
  return [...errors, ...problemsAt(`${field}.path`, path, problems), ...validateBackend(`${field}.backend`, backend)];
}

function validateBackend(field: string, { resource, service }: Backend): FieldError[] {
  if (resource && service) return [invalidValue(field, '', 'cannot set both resource and service backends')];
  if (resource) {
    return (['kind', 'name'] as const).flatMap((key) =>
      resource[key] ? [] : [requiredValue(`${field}.resource.${key}`, `${key} is required`)],
    );
  }
  if (!service) return [invalidValue(field, '', 'resource or service backend is required')];
  const { name, port } = service;
  const errors = name
    ? problemsAt(`${field}.service.name`, name, dnsLabelProblems(name))
    : [requiredValue(`${field}.service.name`)];
  if (port?.name && port.number) errors.push(invalidValue(field, '', 'cannot set both port name & port number'));
  else if (port?.name) errors.push(...problemsAt(`${field}.service.port.name`, port.name, portNameProblems(port.name)));
  else if (port?.number) {
    errors.push(...problemsAt(`${field}.service.port.number`, port.number, portNumberProblems(port.number)));
  } else errors.push(requiredValue(field, 'port name or number is required'));
  return errors;
}
