import { dnsSubdomainProblems } from '../names.ts';
import type { IngressClass } from '../types.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { forbiddenField, invalidValue, oneOf, problemsAt, requiredValue, tooLongValue } from './field-error.ts';
import type { FieldError, KindDefinition } from './kind.ts';
import { validateMetadata } from './metadata-validation.ts';

type Parameters = NonNullable<NonNullable<IngressClass['spec']>['parameters']>;

const longestController = 250;

export const ingressClass: KindDefinition<IngressClass> = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IngressClass',
  resource: 'ingressclasses',
  singular: 'ingressclass',
  namespaced: false,
  hasGeneration: true,
  defaults(object) {
    const spec = (object.spec ??= {});
    if (spec.parameters) spec.parameters.scope ??= 'Cluster';
  },
  validate(object, old) {
    const { controller = '', parameters } = object.spec ?? {};
    const errors = [...validateMetadata(object), ...validateController('spec.controller', controller)];
    if (parameters) errors.push(...validateParameters('spec.parameters', parameters));
    if (old && old.spec?.controller !== controller) {
      errors.push(invalidValue('spec.controller', controller, 'field is immutable'));
    }
    return errors;
  },
  columns: [
    nameColumn,
    { name: 'Controller', cell: ({ spec }) => spec?.controller ?? '' },
    { name: 'Parameters', cell: ({ spec }) => (spec?.parameters ? parametersText(spec.parameters) : '<none>') },
    ageColumn,
  ],
};

/** A domain, a slash and a path: `example.com/ingress-controller`. */
function validateController(field: string, controller: string): FieldError[] {
  if (controller === '') return [requiredValue(field)];
  const errors = controller.length > longestController ? [tooLongValue(field, longestController)] : [];
  const [, domain, path] = /^([^/]+)\/(.+)$/.exec(controller) ?? [];
  if (domain === undefined || path === undefined) {
    return [...errors, invalidValue(field, controller, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  }
  errors.push(...problemsAt(field, domain, dnsSubdomainProblems(domain)));
  return errors;
}

function validateParameters(field: string, { kind, name, scope, namespace }: Parameters): FieldError[] {
  const errors: FieldError[] = [];
  if (!kind) errors.push(requiredValue(`${field}.kind`, 'kind is required'));
  if (!name) errors.push(requiredValue(`${field}.name`, 'name is required'));
  errors.push(...oneOf(`${field}.scope`, scope, ['Cluster', 'Namespace']));
  if (scope === 'Namespace' && !namespace) {
    errors.push(requiredValue(`${field}.namespace`, "`parameters.scope` is set to 'Namespace'"));
  }
  if (scope === 'Cluster' && namespace !== undefined) {
    errors.push(forbiddenField(`${field}.namespace`, "`parameters.scope` is set to 'Cluster'"));
  }
  return errors;
}

function parametersText({ apiGroup, kind, name }: Parameters): string {
  return `${kind}${apiGroup ? `.${apiGroup}` : ''}/${name}`;
}
