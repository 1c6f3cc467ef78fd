import { canonicalJson } from '../hash.ts';
import type { ReplicaSet } from '../types.ts';
import { ageColumn, nameColumn, replicaColumns, workloadColumns } from './columns.ts';
import { invalidValue, nonNegative } from './field-error.ts';
import type { FieldError, KindDefinition } from './kind.ts';
import { validateMetadata } from './metadata-validation.ts';
import { defaultTemplate, validateTemplateOwner } from './pod-template.ts';

type Spec = NonNullable<ReplicaSet['spec']>;

export const replicaSet: KindDefinition<ReplicaSet> = {
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  resource: 'replicasets',
  singular: 'replicaset',
  shortNames: ['rs'],
  categories: ['all'],
  namespaced: true,
  hasGeneration: true,
  subresources: ['scale', 'status'],
  defaults(object) {
    const spec = (object.spec ??= {} as Spec);
    spec.replicas ??= 1;
    defaultTemplate(spec);
    object.status ??= { replicas: 0 };
  },
  validate: validateReplicaSet,
  columns: [nameColumn, ...replicaColumns, ageColumn, ...workloadColumns],
};

function validateReplicaSet(object: ReplicaSet, old?: ReplicaSet): FieldError[] {
  const spec = object.spec as Spec;
  const errors = validateMetadata(object);
  errors.push(...nonNegative('spec.replicas', spec.replicas));
  errors.push(...nonNegative('spec.minReadySeconds', spec.minReadySeconds));
  errors.push(...validateTemplateOwner(spec, 'Deployment'));
  if (old?.spec && canonicalJson(old.spec.selector) !== canonicalJson(spec.selector)) {
    errors.push(invalidValue('spec.selector', spec.selector, 'field is immutable'));
  }
  return errors;
}
