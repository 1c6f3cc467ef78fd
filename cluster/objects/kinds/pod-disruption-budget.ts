import type { PodDisruptionBudget } from '../types.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { goValue, invalidValue, nonNegative, oneOf } from './field-error.ts';
import type { FieldError, KindDefinition } from './kind.ts';
import { validateLabelSelector, validateMetadata } from './metadata-validation.ts';

const EVICTION_POLICIES = ['AlwaysAllow', 'IfHealthyBudget'];

export const podDisruptionBudget: KindDefinition<PodDisruptionBudget> = {
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  resource: 'poddisruptionbudgets',
  singular: 'poddisruptionbudget',
  shortNames: ['pdb'],
  namespaced: true,
  hasGeneration: true,
  subresources: ['status'],
  defaults(object) {
    object.spec ??= {};
    object.status ??= { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 };
  },
  validate: validateBudget,
  columns: [
    nameColumn,
    { name: 'Min Available', cell: ({ spec }) => String(spec?.minAvailable ?? 'N/A') },
    { name: 'Max Unavailable', cell: ({ spec }) => String(spec?.maxUnavailable ?? 'N/A') },
    { name: 'Allowed Disruptions', type: 'integer', cell: ({ status }) => status?.disruptionsAllowed ?? 0 },
    ageColumn,
  ],
};

function validateBudget(object: PodDisruptionBudget): FieldError[] {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy } = object.spec ?? {};
  const errors = validateMetadata(object);
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    const shown = goValue(object.spec ?? {}, [
      'minAvailable',
      'selector',
      'maxUnavailable',
      'unhealthyPodEvictionPolicy',
    ]);
    errors.push(invalidValue('spec', shown, 'minAvailable and maxUnavailable cannot be both set'));
  }
  errors.push(...validateAmount('spec.minAvailable', minAvailable));
  errors.push(...validateAmount('spec.maxUnavailable', maxUnavailable));
  if (unhealthyPodEvictionPolicy !== undefined) {
    errors.push(...oneOf('spec.unhealthyPodEvictionPolicy', unhealthyPodEvictionPolicy, EVICTION_POLICIES));
  }
  return selector ? [...errors, ...validateLabelSelector('spec.selector', selector)] : errors;
}

function validateAmount(field: string, amount: number | string | undefined): FieldError[] {
  if (typeof amount !== 'string') return nonNegative(field, amount);
  if (!/^\d+%$/.test(amount)) {
    const rule = "a valid percent string must be a numeric string followed by an ending '%'";
    return [invalidValue(field, amount, `${rule} (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')`)];
  }
  return Number.parseInt(amount, 10) > 100 ? [invalidValue(field, amount, 'must not be greater than 100%')] : [];
}
