import { invalidValue, problemsAt, requiredValue } from './field-error.ts';
import type { FieldError } from './kind.ts';

const MAX_FILE_MODE = 0o777;
const MAX_ID = 2 ** 31 - 1;

/** Checks a path that must stay in the folder where it begins. */
export function validateRelativePath(field: string, path: string): FieldError[] {
  const errors = path.startsWith('/') ? [invalidValue(field, path, 'must be a relative path')] : [];
  return [...errors, ...validateNoBacksteps(field, path)];
}

export function validateNoBacksteps(field: string, path: string): FieldError[] {
  return path.split('/').includes('..') ? [invalidValue(field, path, "must not contain '..'")] : [];
}

/** Checks the path of a file that a volume will have: names that begin with two dots are the kubelet's own. */
export function validateVolumePath(field: string, path: string | undefined): FieldError[] {
  if (!path) return [requiredValue(field)];
  const errors = validateRelativePath(field, path);
  if (path.startsWith('..') && !path.startsWith('../')) {
    errors.push(invalidValue(field, path, "must not start with '..'"));
  }
  return errors;
}

export function validateFileMode(field: string, mode: number | undefined): FieldError[] {
  if (mode === undefined || (mode >= 0 && mode <= MAX_FILE_MODE)) return [];
  return [invalidValue(field, mode, 'must be a number between 0 and 0777 (octal), both inclusive')];
}

/** Checks the number of a user or group. */
export function validateId(field: string, id: number | undefined): FieldError[] {
  const isGood = id === undefined || (id >= 0 && id <= MAX_ID);
  return problemsAt(field, id, isGood ? [] : [`must be between 0 and ${MAX_ID}, inclusive`]);
}
