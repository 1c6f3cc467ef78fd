import { canonicalJson } from '../hash.ts';
import { configKeyProblems } from '../names.ts';
import { badRequest } from '../status-error.ts';
import type { ConfigMap } from '../types.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { forbiddenField, invalidValue, problemsAt, tooLongValue } from './field-error.ts';
import type { FieldError, KindDefinition } from './kind.ts';
import { validateMetadata } from './metadata-validation.ts';

const MAX_BYTES = 1024 * 1024;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export const configMap: KindDefinition<ConfigMap> = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  resource: 'configmaps',
  singular: 'configmap',
  shortNames: ['cm'],
  namespaced: true,
  defaults: ({ binaryData }) => checkBase64('ConfigMap', binaryData),
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

/** @throws StatusError BadRequest for data that is not base64, as the real server fails while it decodes */
export function checkBase64(kind: string, data: Readonly<Record<string, string>> = {}): void {
  for (const value of Object.values(data)) {
    if (BASE64.test(value)) continue;
    const position = /^(?:[A-Za-z0-9+/]{4})*[A-Za-z0-9+/]*/.exec(value)?.[0].length ?? 0;
    throw badRequest(
      `${kind} in version "v1" cannot be handled as a ${kind}: illegal base64 data at input byte ${position}`,
    );
  }
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
