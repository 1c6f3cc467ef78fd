import { isExtendedResource, qualifiedNameProblems } from '../names.ts';
import { parseQuantity } from '../quantity.ts';
import { isQuotaResource } from '../quota/names.ts';
import type { Container } from '../types.ts';
import { invalidValue, problemsAt, requiredValue } from './field-error.ts';
import type { FieldError } from './kind.ts';

const STANDARD = ['cpu', 'memory', 'ephemeral-storage'];

/** Checks limits and requests of a container; the quantities are canonical by now. */
export function validateResources(field: string, resources: Container['resources'] = {}): FieldError[] {
  const { limits = {}, requests = {} } = resources;
  const errors = [...validateList(`${field}.limits`, limits), ...validateList(`${field}.requests`, requests)];
  for (const [name, request] of Object.entries(requests)) {
    const limit = limits[name];
    if (isExtendedResource(name)) errors.push(...validateExtended(field, name, request, limit));
    else if (limit !== undefined && parseQuantity(request) > parseQuantity(limit)) {
      errors.push(
        invalidValue(`${field}.requests`, request, `must be less than or equal to ${name} limit of ${limit}`),
      );
    }
  }
  return errors;
}

/** Devices are nobody's more than once: what is asked for is the limit. */
function validateExtended(field: string, name: string, request: string, limit: string | undefined): FieldError[] {
  if (limit === undefined) {
    return [requiredValue(`${field}.limits`, 'Limit must be set for non overcommitable resources')];
  }
  if (parseQuantity(request) === parseQuantity(limit)) return [];
  return [invalidValue(`${field}.requests`, request, `must be equal to ${name} limit of ${limit}`)];
}

function validateList(field: string, list: Readonly<Record<string, string>>): FieldError[] {
  return Object.entries(list).flatMap(([name, quantity]) => {
    const errors = validateContainerResourceName(`${field}[${name}]`, name);
    if (parseQuantity(quantity) < 0) {
      errors.push(invalidValue(`${field}[${name}]`, quantity, 'must be greater than or equal to 0'));
    }
    if (isExtendedResource(name) && !Number.isInteger(parseQuantity(quantity))) {
      errors.push(invalidValue(`${field}[${name}]`, quantity, 'must be an integer'));
    }
    return errors;
  });
}

/** A resource of Kubernetes' own, or somebody else's with a prefix. */
export function validateResourceName(field: string, name: string): FieldError[] {
  const errors = problemsAt(field, name, qualifiedNameProblems(name));
  // What a quota counts is a resource, if none of a container's: `pods`.
  if (errors.length > 0 || name.includes('/') || name === 'storage' || isQuotaResource(name)) return errors;
  return [invalidValue(field, name, 'must be a standard resource type or fully qualified')];
}

export function validateContainerResourceName(field: string, name: string): FieldError[] {
  const errors = validateResourceName(field, name);
  if (name.includes('/') || STANDARD.includes(name) || name.startsWith('hugepages-')) return errors;
  return [...errors, invalidValue(field, name, 'must be a standard resource for containers')];
}
