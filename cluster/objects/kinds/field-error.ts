import type { FieldError } from './kind.ts';

/** Constructors of field errors, each with the sentence that the API server prints. */

export function invalidValue(field: string, value: unknown, detail: string): FieldError {
  return { reason: 'FieldValueInvalid', field, message: `Invalid value: ${JSON.stringify(value ?? null)}: ${detail}` };
}

export function requiredValue(field: string, detail?: string): FieldError {
  return { reason: 'FieldValueRequired', field, message: detail ? `Required value: ${detail}` : 'Required value' };
}

export function duplicateValue(field: string, value: unknown): FieldError {
  return { reason: 'FieldValueDuplicate', field, message: `Duplicate value: ${JSON.stringify(value)}` };
}

export function forbiddenField(field: string, detail: string): FieldError {
  return { reason: 'FieldValueForbidden', field, message: `Forbidden: ${detail}` };
}

export function notFoundValue(field: string, value: unknown): FieldError {
  return { reason: 'FieldValueNotFound', field, message: `Not found: ${JSON.stringify(value)}` };
}

export function tooLongValue(field: string, maxBytes: number): FieldError {
  return { reason: 'FieldValueTooLong', field, message: `Too long: may not be more than ${maxBytes} bytes` };
}

export function unsupportedValue(field: string, value: unknown, supported: readonly string[]): FieldError {
  const list = supported.map((item) => JSON.stringify(item)).join(', ');
  return {
    reason: 'FieldValueNotSupported',
    field,
    message: `Unsupported value: ${JSON.stringify(value === undefined ? '' : value)}: supported values: ${list}`,
  };
}

/** One error for each problem that a validator of names found. */
export function problemsAt(field: string, value: unknown, problems: readonly string[]): FieldError[] {
  return problems.map((problem) => invalidValue(field, value, problem));
}

/** An error unless `value` is absent or a whole number that is not negative. */
export function nonNegative(field: string, value: number | undefined): FieldError[] {
  return value === undefined || value >= 0 ? [] : [invalidValue(field, value, 'must be greater than or equal to 0')];
}

/** An error unless `value` is one of `supported`. */
export function oneOf(field: string, value: string | undefined, supported: readonly string[]): FieldError[] {
  return value !== undefined && supported.includes(value) ? [] : [unsupportedValue(field, value, supported)];
}

/** The value of a message that names a whole structure: Go prints each of its fields, by its own name. */
export function goValue<T extends object>(object: T, fields: readonly (keyof T & string)[]): Record<string, unknown> {
  return Object.fromEntries(
    fields.map((name) => [name.replace(/^se(?=L)|^./, (start) => start.toUpperCase()), object[name] ?? null]),
  );
}
