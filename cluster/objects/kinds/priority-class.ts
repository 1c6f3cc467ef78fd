import type { PriorityClass } from '../types.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { forbiddenField, oneOf } from './field-error.ts';
import type { FieldError, KindDefinition } from './kind.ts';
import { validateMetadata } from './metadata-validation.ts';

const HIGHEST_USER_PRIORITY = 1_000_000_000;
const PREEMPTION_POLICIES = ['PreemptLowerPriority', 'Never'];
const SYSTEM_PRIORITIES: Readonly<Record<string, number>> = {
  'system-node-critical': 2_000_001_000,
  'system-cluster-critical': 2_000_000_000,
};

export const priorityClass: KindDefinition<PriorityClass> = {
  group: 'scheduling.k8s.io',
  version: 'v1',
  kind: 'PriorityClass',
  resource: 'priorityclasses',
  singular: 'priorityclass',
  shortNames: ['pc'],
  namespaced: false,
  // It never rises: the server gives it only at the start.
  prepareForCreate({ metadata }) {
    metadata.generation = 1;
  },
  defaults(object) {
    object.value ??= 0;
    object.preemptionPolicy ??= 'PreemptLowerPriority';
  },
  validate(object, old) {
    const errors = validateMetadata(object);
    const { name = '' } = object.metadata;
    if (name.startsWith('system-')) errors.push(...validateSystemClass(name, object.value));
    else if ((object.value ?? 0) > HIGHEST_USER_PRIORITY) {
      errors.push(
        forbiddenField('value', `maximum allowed value of a user defined priority is ${HIGHEST_USER_PRIORITY}`),
      );
    }
    if (old && old.value !== object.value) {
      errors.push(forbiddenField('value', 'may not be changed in an update.'));
    }
    return [...errors, ...oneOf('preemptionPolicy', object.preemptionPolicy, PREEMPTION_POLICIES)];
  },
  columns: [
    nameColumn,
    { name: 'Value', type: 'integer', cell: ({ value }) => value ?? 0 },
    { name: 'Global-Default', cell: ({ globalDefault }) => globalDefault ?? false },
    ageColumn,
    { name: 'PreemptionPolicy', cell: ({ preemptionPolicy }) => preemptionPolicy ?? '' },
  ],
};

function validateSystemClass(name: string, value: number | undefined): FieldError[] {
  const priority = SYSTEM_PRIORITIES[name];
  if (priority !== undefined && value === priority) return [];
  const problem =
    priority === undefined
      ? `${name} is not a known system priority class`
      : `value of ${name} PriorityClass must be ${priority}`;
  const rule = "priority class names with 'system-' prefix are reserved for system use only. error:";
  return [forbiddenField('metadata.name', `${rule} ${problem}`)];
}
