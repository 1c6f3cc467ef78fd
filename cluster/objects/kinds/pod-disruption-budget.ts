import type { PodDisruptionBudget } from '../types.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { goValue, invalidValue, oneOf } from './field-error.ts';
import { atMostAll, validateIntOrPercent } from './int-or-percent-validation.ts';
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
  needsVersion: true,
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
  for (const [field, amount] of Object.entries({ minAvailable, maxUnavailable })) {
    errors.push(...validateIntOrPercent(`spec.${field}`, amount), ...atMostAll(`spec.${field}`, amount));
  }
  if (unhealthyPodEvictionPolicy !== undefined) {
    errors.push(...oneOf('spec.unhealthyPodEvictionPolicy', unhealthyPodEvictionPolicy, EVICTION_POLICIES));
  }
  return selector ? [...errors, ...validateLabelSelector('spec.selector', selector)] : errors;
}
