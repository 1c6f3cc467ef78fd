import { canonicalJson } from '../hash.ts';
import { qualifiedNameProblems } from '../names.ts';
import { parseQuantity } from '../quantity.ts';
import { consumerOf, isQuotaResource } from '../quota/names.ts';
import type { ResourceQuota } from '../types.ts';
import { canonicalizeQuantities } from './canonical-quantities.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { invalidValue, problemsAt, requiredValue } from './field-error.ts';
import type { FieldError, KindDefinition } from './kind.ts';
import { validateMetadata } from './metadata-validation.ts';

const SCOPES = [
  'BestEffort',
  'CrossNamespacePodAffinity',
  'NotBestEffort',
  'NotTerminating',
  'PriorityClass',
  'Terminating',
  'VolumeAttributesClass',
];

export const resourceQuota: KindDefinition<ResourceQuota> = {
  group: '',
  version: 'v1',
  kind: 'ResourceQuota',
  resource: 'resourcequotas',
  singular: 'resourcequota',
  shortNames: ['quota'],
  namespaced: true,
  subresources: ['status'],
  defaults(object) {
    canonicalizeQuantities((object.spec ??= {}).hard);
    object.status ??= {};
  },
  validate: validateQuota,
  columns: [
    nameColumn,
    { name: 'Request', cell: ({ status }) => usageText(status, (name) => !name.startsWith('limits.')) },
    { name: 'Limit', cell: ({ status }) => usageText(status, (name) => name.startsWith('limits.')) },
    ageColumn,
  ],
};

function validateQuota(object: ResourceQuota, old?: ResourceQuota): FieldError[] {
  const errors = validateMetadata(object);
  for (const [name, quantity] of Object.entries(object.spec?.hard ?? {})) {
    const field = `spec.hard[${name}]`;
    errors.push(...problemsAt(field, name, qualifiedNameProblems(name)));
    if (!isQuotaResource(name)) {
      errors.push(invalidValue(field, name, 'must be a standard resource type or fully qualified'));
      errors.push(invalidValue(field, name, 'must be a standard resource for quota'));
    }
    if (parseQuantity(quantity) < 0) {
      errors.push(invalidValue(field, quantity, 'must be greater than or equal to 0'));
    }
    // What is counted comes in whole numbers; processor time and bytes need not.
    if (isCount(name) && !Number.isInteger(parseQuantity(quantity))) {
      errors.push(invalidValue(field, quantity, 'must be an integer'));
    }
  }
  const names = Object.keys(object.spec?.hard ?? {});
  errors.push(...validateScopes(object.spec?.scopes ?? [], names), ...validateScopeSelector(object.spec ?? {}, names));
  if (old && canonicalJson(old.spec?.scopes ?? []) !== canonicalJson(object.spec?.scopes ?? [])) {
    errors.push(invalidValue('spec.scopes', object.spec?.scopes, 'field is immutable'));
  }
  return errors;
}

function isCount(name: string): boolean {
  return consumerOf(name) === name || name.startsWith('count/') || name.startsWith('services.');
}

/** A scope of pods is one only for what pods use, and two that exclude each other hold nothing. */
function validateScopes(scopes: readonly string[], names: readonly string[]): FieldError[] {
  const field = 'spec.scopes';
  const errors = scopes.flatMap((scope) => {
    if (!SCOPES.includes(scope)) return [invalidValue(field, scopes, 'unsupported scope')];
    return names
      .toSorted()
      .filter((name) => isQuotaResource(name) && !name.includes('/') && !isOfScope(scope, name))
      .map(() => invalidValue(field, scopes, 'unsupported scope applied to resource'));
  });
  return [...errors, ...conflictsOf(scopes).map(() => invalidValue(field, scopes, 'conflicting scopes'))];
}

function conflictsOf(scopes: readonly string[]): string[][] {
  const pairs = [
    ['BestEffort', 'NotBestEffort'],
    ['NotTerminating', 'Terminating'],
  ];
  return pairs.filter((pair) => pair.every((scope) => scopes.includes(scope)));
}

type Spec = NonNullable<ResourceQuota['spec']>;
type Requirement = NonNullable<NonNullable<Spec['scopeSelector']>['matchExpressions']>[number];

const ofEitherOr =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, " +
  'ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity';

/** Scopes with values: a pod is best effort or not, but of one of several priority classes. */
function validateScopeSelector({ scopeSelector, scopes }: Spec, names: readonly string[]): FieldError[] {
  const field = 'spec.scopeSelector.matchExpressions';
  const requirements = scopeSelector?.matchExpressions ?? [];
  const errors = requirements.flatMap((requirement) => [
    ...(SCOPES.includes(requirement.scopeName)
      ? []
      : [invalidValue(`${field}.scopeName`, requirement.scopeName, 'unsupported scope')]),
    ...names
      .toSorted()
      .filter((name) => isQuotaResource(name) && !name.includes('/') && !isOfScope(requirement.scopeName, name))
      .map(() =>
        invalidValue(field, { MatchExpressions: requirements.map(shown) }, 'unsupported scope applied to resource'),
      ),
    ...validateOperator(field, requirement),
  ]);
  const conflicts = conflictsOf(requirements.map(({ scopeName }) => scopeName));
  return [...errors, ...conflicts.map(() => invalidValue(field, scopes, 'conflicting scopes'))];
}

/** As the server prints its own structure. */
function shown({ scopeName: ScopeName, operator: Operator, values: Values = null as never }: Requirement): object {
  return { ScopeName, Operator, Values };
}

function validateOperator(field: string, { scopeName, operator, values = [] }: Requirement): FieldError[] {
  const errors: FieldError[] = [];
  const hasValues = scopeName === 'PriorityClass' || scopeName === 'VolumeAttributesClass';
  if (SCOPES.includes(scopeName) && !hasValues && operator !== 'Exists')
    errors.push(invalidValue(`${field}.operator`, operator, ofEitherOr));
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length > 0) return errors;
      return [
        ...errors,
        requiredValue(
          `${field}.values`,
          "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
        ),
      ];
    case 'Exists':
    case 'DoesNotExist':
      if (values.length === 0) return errors;
      return [
        ...errors,
        invalidValue(
          `${field}.values`,
          values,
          "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
        ),
      ];
    default:
      return [...errors, invalidValue(`${field}.operator`, operator, 'not a valid selector operator')];
  }
}

function isOfScope(scope: string, name: string): boolean {
  if (!SCOPES.includes(scope)) return true;
  if (scope === 'BestEffort') return name === 'pods';
  if (scope === 'VolumeAttributesClass') return consumerOf(name) === 'persistentvolumeclaims';
  return consumerOf(name) === 'pods';
}

function usageText(status: ResourceQuota['status'], isWanted: (name: string) => boolean): string {
  return Object.entries(status?.hard ?? {})
    .filter(([name]) => isWanted(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, hard]) => `${name}: ${status?.used?.[name] ?? '0'}/${hard}`)
    .join(', ');
}
