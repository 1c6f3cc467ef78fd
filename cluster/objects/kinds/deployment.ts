import { canonicalJson } from '../hash.ts';
import type { Deployment } from '../types.ts';
import { ageColumn, nameColumn, workloadColumns } from './columns.ts';
import { forbiddenField, invalidValue, nonNegative, unsupportedValue } from './field-error.ts';
import { atMostAll, isSome, validateIntOrPercent } from './int-or-percent-validation.ts';
import type { FieldError, KindDefinition } from './kind.ts';
import { validateMetadata } from './metadata-validation.ts';
import { defaultTemplate, validateTemplateOwner } from './pod-template.ts';

type Spec = NonNullable<Deployment['spec']>;

export const deployment: KindDefinition<Deployment> = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  resource: 'deployments',
  singular: 'deployment',
  shortNames: ['deploy'],
  categories: ['all'],
  namespaced: true,
  hasGeneration: true,
  subresources: ['scale', 'status'],
  defaults: defaultDeployment,
  validate: validateDeployment,
  columns: [
    nameColumn,
    { name: 'Ready', cell: ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}` },
    { name: 'Up-to-date', cell: ({ status }) => status?.updatedReplicas ?? 0 },
    { name: 'Available', cell: ({ status }) => status?.availableReplicas ?? 0 },
    ageColumn,
    ...workloadColumns,
  ],
};

function defaultDeployment(object: Deployment): void {
  const spec = (object.spec ??= {} as Spec);
  spec.replicas ??= 1;
  const strategy = (spec.strategy ??= {});
  strategy.type ??= 'RollingUpdate';
  if (strategy.type === 'RollingUpdate') {
    const rollingUpdate = (strategy.rollingUpdate ??= {});
    rollingUpdate.maxSurge ??= '25%';
    rollingUpdate.maxUnavailable ??= '25%';
  }
  spec.revisionHistoryLimit ??= 10;
  spec.progressDeadlineSeconds ??= 600;
  defaultTemplate(spec);
  object.status ??= {};
}

function validateDeployment(object: Deployment, old?: Deployment): FieldError[] {
  const spec = object.spec as Spec;
  const errors = validateMetadata(object);
  errors.push(...nonNegative('spec.replicas', spec.replicas));
  errors.push(...validateTemplateOwner(spec, 'Deployment'));
  errors.push(...validateStrategy(spec.strategy ?? {}));
  errors.push(...nonNegative('spec.minReadySeconds', spec.minReadySeconds));
  errors.push(...nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit));
  errors.push(...nonNegative('spec.progressDeadlineSeconds', spec.progressDeadlineSeconds));
  if (spec.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds <= (spec.minReadySeconds ?? 0)) {
    const field = 'spec.progressDeadlineSeconds';
    errors.push(invalidValue(field, spec.progressDeadlineSeconds, 'must be greater than minReadySeconds'));
  }
  if (old?.spec && canonicalJson(old.spec.selector) !== canonicalJson(spec.selector)) {
    errors.push(invalidValue('spec.selector', spec.selector, 'field is immutable'));
  }
  return errors;
}

function validateStrategy({ type, rollingUpdate }: NonNullable<Spec['strategy']>): FieldError[] {
  const field = 'spec.strategy';
  if (type === 'Recreate') {
    if (!rollingUpdate) return [];
    return [forbiddenField(`${field}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")];
  }
  if (type !== 'RollingUpdate') {
    const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate ?? {};
    const shown = rollingUpdate ? { MaxUnavailable: maxUnavailable, MaxSurge: maxSurge } : null;
    return [unsupportedValue(field, { Type: type, RollingUpdate: shown }, ['Recreate', 'RollingUpdate'])];
  }
  const at = `${field}.rollingUpdate`;
  const { maxSurge, maxUnavailable } = rollingUpdate ?? {};
  const errors = [
    ...validateIntOrPercent(`${at}.maxUnavailable`, maxUnavailable),
    ...validateIntOrPercent(`${at}.maxSurge`, maxSurge),
  ];
  if (!isSome(maxUnavailable) && !isSome(maxSurge)) {
    errors.push(invalidValue(`${at}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0'));
  }
  return [...errors, ...atMostAll(`${at}.maxUnavailable`, maxUnavailable)];
}
