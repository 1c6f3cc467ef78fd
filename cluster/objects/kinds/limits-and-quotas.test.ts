/** What a server says of LimitRanges and ResourceQuotas that are wrong in one way or another. */
import { expect, it } from 'vitest';
import type { KubeObject } from '../types.ts';
import { findByKind } from './index.ts';

function problems(kind: 'LimitRange' | 'ResourceQuota', spec: object): string[] {
  const object = { apiVersion: 'v1', kind, metadata: { name: 'shop' }, spec: structuredClone(spec) } as KubeObject;
  const definition = findByKind('', 'v1', kind);
  definition?.defaults?.(object);
  return (definition?.validate?.(object) ?? []).map(({ field, message }) => `${field}: ${message}`);
}

const limit = (part: object) => ({ limits: [{ type: 'Container', ...part }] });

it.each<[string, object, string[]]>([
  [
    'of what no container computes with',
    limit({ min: { storage: '1' }, maxLimitRequestRatio: { foo: '2' } }),
    [
      'spec.limits[0].min[storage]: Invalid value: "storage": must be a standard resource for containers',
      'spec.limits[0].defaultRequest[storage]: Invalid value: "storage": must be a standard resource for containers',
      'spec.limits[0].maxLimitRequestRatio[foo]: Invalid value: "foo": must be a standard resource type or fully qualified',
      'spec.limits[0].maxLimitRequestRatio[foo]: Invalid value: "foo": must be a standard resource for containers',
    ],
  ],
  [
    'that allows more than its bounds do',
    limit({ min: { cpu: '500m' }, max: { cpu: '1' }, maxLimitRequestRatio: { cpu: '4' } }),
    ['spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: "4": ratio 4 is greater than max/min = 2.000000'],
  ],
  [
    'with a ratio below one',
    limit({ maxLimitRequestRatio: { memory: '500m' } }),
    ['spec.limits[0].maxLimitRequestRatio[memory]: Invalid value: "500m": ratio 500m is less than 1'],
  ],
  ['of the storage of claims', { limits: [{ type: 'PersistentVolumeClaim', max: { storage: '1Gi' } }] }, []],
])('a limit %s', (_, spec, expected) => {
  expect(problems('LimitRange', spec)).toEqual(expected);
});

const at = 'spec.scopeSelector.matchExpressions';
const onlyExists =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";
const scoped = (matchExpressions: object[], hard: object = { pods: '1' }) => ({
  hard,
  scopeSelector: { matchExpressions },
});

it.each<[string, object, string[]]>([
  [
    'an unknown scope and operator',
    scoped([{ scopeName: 'Foo', operator: 'Is' }]),
    [
      `${at}.scopeName: Invalid value: "Foo": unsupported scope`,
      `${at}.operator: Invalid value: "Is": not a valid selector operator`,
    ],
  ],
  [
    'values of a scope that has none',
    scoped([{ scopeName: 'BestEffort', operator: 'In', values: ['a'] }]),
    [`${at}.operator: Invalid value: "In": ${onlyExists}`],
  ],
  [
    'no priority class',
    scoped([{ scopeName: 'PriorityClass', operator: 'In' }]),
    [
      `${at}.values: Required value: must be at least one value when \`operator\` is 'In' or 'NotIn' for scope selector`,
    ],
  ],
  [
    'a priority class that is only to be there',
    scoped([{ scopeName: 'PriorityClass', operator: 'Exists', values: ['high'] }]),
    [
      `${at}.values: Invalid value: ["high"]: must be no value when \`operator\` is 'Exist' or 'DoesNotExist' for scope selector`,
    ],
  ],
  [
    'a scope of pods for Services',
    scoped([{ scopeName: 'PriorityClass', operator: 'Exists' }], { services: '2' }),
    [
      `${at}: Invalid value: {"MatchExpressions":[{"ScopeName":"PriorityClass","Operator":"Exists","Values":null}]}: unsupported scope applied to resource`,
    ],
  ],
  ['a priority class', scoped([{ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }]), []],
])('a quota of %s', (_, spec, expected) => {
  expect(problems('ResourceQuota', spec)).toEqual(expected);
});
