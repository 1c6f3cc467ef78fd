import { jsonObjectProblem } from '../go-json.ts';
import { configKeyProblems } from '../names.ts';
import type { Secret } from '../types.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { checkBase64, validateImmutable } from './config-map.ts';
import { invalidValue, problemsAt, requiredValue, tooLongValue } from './field-error.ts';
import type { FieldError, KindDefinition } from './kind.ts';
import { validateMetadata } from './metadata-validation.ts';

const MAX_BYTES = 1024 * 1024;

/** Keys without which a Secret of that type is of no use. */
const REQUIRED_KEYS: Record<string, readonly string[]> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
};
const BASIC_AUTH_KEYS = ['username', 'password'];
const ACCOUNT_ANNOTATION = 'kubernetes.io/service-account.name';

export const secret: KindDefinition<Secret> = {
  group: '',
  version: 'v1',
  kind: 'Secret',
  resource: 'secrets',
  singular: 'secret',
  namespaced: true,
  defaults: defaultSecret,
  validate: validateSecret,
  columns: [
    nameColumn,
    { name: 'Type', cell: ({ type }) => type ?? '' },
    { name: 'Data', cell: ({ data }) => Object.keys(data ?? {}).length },
    ageColumn,
  ],
  selectableFields: { type: ({ type }) => type ?? '' },
};

/** @throws StatusError BadRequest for data that is not base64, as the real server fails while it decodes */
function defaultSecret(object: Secret): void {
  object.type ??= 'Opaque';
  checkBase64('Secret', object.data);
  if (!object.stringData) return;
  const plain = Object.entries(object.stringData).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  object.data = { ...object.data, ...(Object.fromEntries(plain) as Record<string, string>) };
  delete object.stringData;
}

function validateSecret(object: Secret, old?: Secret): FieldError[] {
  const errors = validateMetadata(object);
  const data = object.data ?? {};
  for (const key of Object.keys(data)) errors.push(...problemsAt(`data[${key}]`, key, configKeyProblems(key)));
  const bytes = Object.values(data).reduce((sum, value) => sum + Buffer.byteLength(value, 'base64'), 0);
  if (bytes > MAX_BYTES) errors.push(tooLongValue('data', MAX_BYTES));
  errors.push(...validateType(object));
  if (old && old.type !== object.type) errors.push(invalidValue('type', object.type, 'field is immutable'));
  return [...errors, ...validateImmutable(object, old, ['data'])];
}

function validateType({ metadata, type = '', data = {} }: Secret): FieldError[] {
  if (type === 'kubernetes.io/service-account-token') {
    if (metadata.annotations?.[ACCOUNT_ANNOTATION]) return [];
    return [requiredValue(`metadata.annotations[${ACCOUNT_ANNOTATION}]`)];
  }
  if (type === 'kubernetes.io/basic-auth') {
    if (BASIC_AUTH_KEYS.some((key) => data[key] !== undefined)) return [];
    return BASIC_AUTH_KEYS.map((key) => requiredValue(`data[${key}]`));
  }
  if (type === 'kubernetes.io/ssh-auth') return data['ssh-privatekey'] ? [] : [requiredValue('data[ssh-privatekey]')];
  return (REQUIRED_KEYS[type] ?? []).flatMap((key) => {
    const value = data[key];
    if (value === undefined) return [requiredValue(`data[${key}]`)];
    const problem = key.startsWith('.docker') ? jsonObjectProblem(Buffer.from(value, 'base64').toString()) : undefined;
    return problem ? [invalidValue(`data[${key}]`, '<secret contents redacted>', problem)] : [];
  });
}
