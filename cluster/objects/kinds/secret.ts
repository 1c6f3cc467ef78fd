import { configKeyProblems } from '../names.ts';
import { badRequest } from '../status-error.ts';
import type { Secret } from '../types.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { validateImmutable } from './config-map.ts';
import { invalidValue, problemsAt, requiredValue, tooLongValue } from './field-error.ts';
import type { FieldError, KindDefinition } from './kind.ts';
import { validateMetadata } from './metadata-validation.ts';

const MAX_BYTES = 1024 * 1024;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Keys without which a Secret of that type is of no use. */
const REQUIRED_KEYS: Record<string, readonly string[]> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
};

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
  for (const value of Object.values(object.data ?? {})) {
    if (BASE64.test(value)) continue;
    const position = /^(?:[A-Za-z0-9+/]{4})*[A-Za-z0-9+/]*/.exec(value)?.[0].length ?? 0;
    throw badRequest(
      `Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte ${position}`,
    );
  }
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
  for (const key of REQUIRED_KEYS[object.type ?? ''] ?? []) {
    if (data[key] === undefined) errors.push(requiredValue(`data[${key}]`));
  }
  if (old && old.type !== object.type) errors.push(invalidValue('type', object.type, 'field is immutable'));
  return [...errors, ...validateImmutable(object, old, ['data'])];
}
