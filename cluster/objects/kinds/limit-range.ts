import { compareQuantities, parseQuantity } from '../quantity.ts';
import type { LimitRange } from '../types.ts';
import { canonicalizeQuantities } from './canonical-quantities.ts';
import { nameColumn } from './columns.ts';
import { duplicateValue, forbiddenField, invalidValue, requiredValue } from './field-error.ts';
import type { FieldError, KindDefinition } from './kind.ts';
import { validateMetadata } from './metadata-validation.ts';
import { validateContainerResourceName, validateResourceName } from './resource-validation.ts';

type Limit = NonNullable<LimitRange['spec']>['limits'][number];
const STANDARD_TYPES = ['Pod', 'Container', 'PersistentVolumeClaim'];

type Quantities = Readonly<Record<string, string>>;

export const limitRange: KindDefinition<LimitRange> = {
  group: '',
  version: 'v1',
  kind: 'LimitRange',
  resource: 'limitranges',
  singular: 'limitrange',
  shortNames: ['limits'],
  namespaced: true,
  createsOnUpdate: true,
  defaults(object) {
    for (const limit of object.spec?.limits ?? []) defaultLimit(limit);
  },
  validate: validateLimitRange,
  columns: [nameColumn, { name: 'Created At', type: 'date', cell: ({ metadata }) => metadata.creationTimestamp ?? '' }],
};

/** Left out, the default limit of containers is the maximum, and the default request that limit, or the minimum. */
function defaultLimit(limit: Limit): void {
  for (const list of [limit.min, limit.max, limit.default, limit.defaultRequest, limit.maxLimitRequestRatio]) {
    canonicalizeQuantities(list);
  }
  if (limit.type !== 'Container') return;
  const limits = { ...limit.max, ...limit.default };
  const requests = { ...limit.min, ...limits, ...limit.defaultRequest };
  if (Object.keys(limits).length > 0) limit.default = limits;
  if (Object.keys(requests).length > 0) limit.defaultRequest = requests;
}

function validateLimitRange(object: LimitRange): FieldError[] {
  const types = new Set<string>();
  const limits = (object.spec?.limits ?? []).flatMap((limit, index) => {
    const field = `spec.limits[${index}]`;
    const errors = types.has(limit.type) ? [duplicateValue(`${field}.type`, limit.type)] : [];
    types.add(limit.type);
    return [...errors, ...validateLimit(field, limit)];
  });
  return [...validateMetadata(object), ...limits];
}

function validateLimit(field: string, limit: Limit): FieldError[] {
  const { min = {}, max = {}, default: limits = {}, defaultRequest = {} } = limit;
  const type: string | undefined = limit.type;
  const errors: FieldError[] = [];
  if (!type?.includes('/') && !STANDARD_TYPES.includes(type ?? '')) {
    errors.push(invalidValue(`${field}.type`, type ?? '', 'must be a standard limit type or fully qualified'));
  }
  errors.push(...validateNames(field, limit));
  if (type === 'Pod') {
    for (const part of ['default', 'defaultRequest'] as const) {
      if (Object.keys(limit[part] ?? {}).length > 0)
        errors.push(forbiddenField(`${field}.${part}`, "may not be specified when `type` is 'Pod'"));
    }
  }
  if (type === 'PersistentVolumeClaim' && !min['storage'] && !max['storage']) {
    errors.push(
      requiredValue(`${field}.limits`, 'either minimum or maximum storage value is required, but neither was provided'),
    );
  }
  /** Each list with what it may not exceed, as the messages name them, and which of the two they show. */
  const pairs: [key: string, name: string, low: Quantities, bound: string, high: Quantities, shown: 'low' | 'high'][] =
    [
      ['min', 'min', min, 'max', max, 'low'],
      ['defaultRequest', 'min', min, 'default request', defaultRequest, 'high'],
      ['defaultRequest', 'default request', defaultRequest, 'max', max, 'low'],
      ['defaultRequest', 'default request', defaultRequest, 'default limit', limits, 'low'],
      ['default', 'min', min, 'default', limits, 'low'],
      ['default', 'default', limits, 'max', max, 'high'],
    ];
  for (const [key, name, low, bound, high, shown] of pairs) {
    for (const [resource, value] of Object.entries(low)) {
      const limitValue = high[resource];
      if (limitValue === undefined || compareQuantities(value, limitValue) <= 0) continue;
      const message = `${name} value ${value} is greater than ${bound} value ${limitValue}`;
      errors.push(invalidValue(`${field}.${key}[${resource}]`, shown === 'low' ? value : limitValue, message));
    }
  }
  return [...errors, ...validateRatios(field, limit)];
}

/** Limits of pods and containers are of what they compute with; others may be of storage. */
function validateNames(field: string, limit: Limit): FieldError[] {
  const isCompute = limit.type === 'Pod' || limit.type === 'Container';
  const validateName = isCompute ? validateContainerResourceName : validateResourceName;
  return (['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const).flatMap((part) => {
    if (limit.type === 'Pod' && part.startsWith('default')) return [];
    return Object.keys(limit[part] ?? {}).flatMap((name) => validateName(`${field}.${part}[${name}]`, name));
  });
}

/** How far a limit may lie above its request: never below it, and not farther than the largest above the smallest. */
function validateRatios(field: string, { min = {}, max = {}, maxLimitRequestRatio = {} }: Limit): FieldError[] {
  return Object.entries(maxLimitRequestRatio).flatMap(([resource, ratio]) => {
    const refuse = (why: string) =>
      invalidValue(`${field}.maxLimitRequestRatio[${resource}]`, ratio, `ratio ${ratio} is ${why}`);
    const errors = compareQuantities(ratio, '1') < 0 ? [refuse('less than 1')] : [];
    const [low, high] = [min[resource], max[resource]];
    if (low === undefined || high === undefined) return errors;
    const largest = parseQuantity(high) / parseQuantity(low);
    return parseQuantity(ratio) > largest
      ? [...errors, refuse(`greater than max/min = ${largest.toFixed(6)}`)]
      : errors;
  });
}
