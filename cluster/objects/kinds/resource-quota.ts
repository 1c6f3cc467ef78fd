import { canonicalJson } from '../hash.ts';
import { qualifiedNameProblems } from '../names.ts';
import { parseQuantity } from '../quantity.ts';
import { consumerOf, isQuotaResource } from '../quota/names.ts';
import type { ResourceQuota } from '../types.ts';
import { canonicalizeQuantities } from './canonical-quantities.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { invalidValue, problemsAt } from './field-error.ts';
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
  errors.push(...validateScopes(object.spec?.scopes ?? [], Object.keys(object.spec?.hard ?? {})));
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
  const pairs = [
    ['BestEffort', 'NotBestEffort'],
    ['NotTerminating', 'Terminating'],
  ];
  const conflicts = pairs.filter((pair) => pair.every((scope) => scopes.includes(scope)));
  return [...errors, ...conflicts.map(() => invalidValue(field, scopes, 'conflicting scopes'))];
}

function isOfScope(scope: string, name: string): boolean {
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
