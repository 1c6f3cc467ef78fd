import { percentOf, type IntOrPercent } from '../int-or-percent.ts';
import { invalidValue, nonNegative } from './field-error.ts';
import type { FieldError } from './kind.ts';

/** An error unless the amount is absent, not negative, or a percentage. */
export function validateIntOrPercent(field: string, amount: IntOrPercent | undefined): FieldError[] {
  if (typeof amount !== 'string') return nonNegative(field, amount);
  if (percentOf(amount) !== undefined) return [];
  const rule = "a valid percent string must be a numeric string followed by an ending '%'";
  return [invalidValue(field, amount, `${rule} (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')`)];
}

/** An error for a percentage of more than all. */
export function atMostAll(field: string, amount: IntOrPercent | undefined): FieldError[] {
  return (percentOf(amount ?? 0) ?? 0) > 100 ? [invalidValue(field, amount, 'must not be greater than 100%')] : [];
}

/** Whether it is more or less than none. */
export function isSome(amount: IntOrPercent | undefined): boolean {
  const number = percentOf(amount ?? 0) ?? Number(amount ?? 0);
  return !Number.isNaN(number) && number !== 0;
}
