import { compareQuantities } from '../quantity.ts';
import type { LimitRange } from '../types.ts';
import { canonicalizeQuantities } from './canonical-quantities.ts';
import { nameColumn } from './columns.ts';
import { duplicateValue, forbiddenField, invalidValue, requiredValue } from './field-error.ts';
import type { FieldError, KindDefinition } from './kind.ts';
import { validateMetadata } from './metadata-validation.ts';

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
  const { min = {}, max = {}, default: limits = {}, defaultRequest = {}, maxLimitRequestRatio = {} } = limit;
  const type: string | undefined = limit.type;
  const errors: FieldError[] = [];
  if (!type?.includes('/') && !STANDARD_TYPES.includes(type ?? '')) {
    errors.push(invalidValue(`${field}.type`, type ?? '', 'must be a standard limit type or fully qualified'));
  }
  if (type === 'Pod') {
    for (const part of ['default', 'defaultRequest'] as const) {
      if (limit[part]) errors.push(forbiddenField(`${field}.${part}`, "may not be specified when `type` is 'Pod'"));
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
  for (const [resource, ratio] of Object.entries(maxLimitRequestRatio)) {
    if (compareQuantities(ratio, '1') >= 0) continue;
    errors.push(invalidValue(`${field}.maxLimitRequestRatio[${resource}]`, ratio, `ratio ${ratio} is less than 1`));
  }
  return errors;
}
