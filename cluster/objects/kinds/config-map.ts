import { canonicalJson } from '../hash.ts';
import { configKeyProblems } from '../names.ts';
import type { ConfigMap } from '../types.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { forbiddenField, invalidValue, problemsAt, tooLongValue } from './field-error.ts';
import type { FieldError, KindDefinition } from './kind.ts';
import { validateMetadata } from './metadata-validation.ts';

const MAX_BYTES = 1024 * 1024;

export const configMap: KindDefinition<ConfigMap> = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  resource: 'configmaps',
  singular: 'configmap',
  shortNames: ['cm'],
  namespaced: true,
  validate: validateConfigMap,
  columns: [nameColumn, { name: 'Data', cell: (object) => entriesOf(object).length }, ageColumn],
};

function validateConfigMap(object: ConfigMap, old?: ConfigMap): FieldError[] {
  const errors = validateMetadata(object);
  for (const field of ['data', 'binaryData'] as const) {
    for (const key of Object.keys(object[field] ?? {})) {
      errors.push(...problemsAt(`${field}[${key}]`, key, configKeyProblems(key)));
      if (field === 'data' && object.binaryData?.[key] !== undefined) {
        errors.push(invalidValue(`data[${key}]`, key, 'duplicate of key present in binaryData'));
      }
    }
  }
  const bytes = entriesOf(object).reduce((sum, [, value]) => sum + Buffer.byteLength(value), 0);
  if (bytes > MAX_BYTES) errors.push(tooLongValue('', MAX_BYTES));
  return [...errors, ...validateImmutable(object, old, ['data', 'binaryData'])];
}

/** ConfigMaps and Secrets that call themselves immutable stay what they are. */
export function validateImmutable<T extends { immutable?: boolean }>(
  object: T,
  old: T | undefined,
  fields: readonly (keyof T & string)[],
): FieldError[] {
  if (!old?.immutable) return [];
  const message = 'field is immutable when `immutable` is set';
  const errors = object.immutable ? [] : [forbiddenField('immutable', message)];
  for (const field of fields) {
    if (canonicalJson(object[field] ?? {}) !== canonicalJson(old[field] ?? {}))
      errors.push(forbiddenField(field, message));
  }
  return errors;
}

function entriesOf({ data = {}, binaryData = {} }: ConfigMap): [string, string][] {
  return [...Object.entries(data), ...Object.entries(binaryData)];
}
