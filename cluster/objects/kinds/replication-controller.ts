import { labelsText } from '../selector.ts';
import type { ReplicationController } from '../types.ts';
import { ageColumn, nameColumn, replicaColumns, workloadColumns } from './columns.ts';
import { invalidValue, nonNegative, requiredValue } from './field-error.ts';
import type { FieldError, KindDefinition } from './kind.ts';
import { validateMetadata } from './metadata-validation.ts';
import { defaultTemplate, validateTemplate } from './pod-template.ts';

type Spec = NonNullable<ReplicationController['spec']>;

/** What there was before ReplicaSets. Its selector is a plain map of labels. */
export const replicationController: KindDefinition<ReplicationController> = {
  group: '',
  version: 'v1',
  kind: 'ReplicationController',
  resource: 'replicationcontrollers',
  singular: 'replicationcontroller',
  shortNames: ['rc'],
  categories: ['all'],
  namespaced: true,
  hasGeneration: true,
  orphansByDefault: true,
  subresources: ['scale', 'status'],
  defaults: defaultReplicationController,
  validate: validateReplicationController,
  columns: [
    nameColumn,
    ...replicaColumns,
    ageColumn,
    ...workloadColumns.filter(({ name }) => name !== 'Selector'),
    { name: 'Selector', wide: true, cell: ({ spec }) => labelsText(spec?.selector) },
  ],
  selectableFields: { 'status.replicas': ({ status }) => String(status?.replicas ?? 0) },
};

/** Who leaves out the selector, or the labels, means those of the template. */
function defaultReplicationController(object: ReplicationController): void {
  const spec = (object.spec ??= {} as Spec);
  const labels = spec.template?.metadata?.labels;
  if (labels && Object.keys(spec.selector ?? {}).length === 0) spec.selector = { ...labels };
  if (labels && Object.keys(object.metadata.labels ?? {}).length === 0) object.metadata.labels = { ...labels };
  spec.replicas ??= 1;
  if (spec.template) defaultTemplate(spec);
  object.status ??= { replicas: 0 };
}

function validateReplicationController(object: ReplicationController): FieldError[] {
  const { selector = {}, replicas, minReadySeconds, template } = object.spec as Spec;
  const errors = validateMetadata(object);
  errors.push(...nonNegative('spec.minReadySeconds', minReadySeconds));
  if (Object.keys(selector).length === 0) errors.push(requiredValue('spec.selector'));
  errors.push(...nonNegative('spec.replicas', replicas));
  if (!template) return [...errors, requiredValue('spec.template')];
  const labels = template.metadata?.labels;
  if (Object.entries(selector).some(([key, value]) => labels?.[key] !== value)) {
    errors.push(invalidValue('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'));
  }
  return [...errors, ...validateTemplate(template, 'ReplicationController')];
}
