import { describe, expect, it } from 'vitest';

import { humanDuration } from './duration.ts';
import { podTemplateHash } from './hash.ts';
import { qosClass } from './kinds/qos-class.ts';
import { generateSuffix } from './names.ts';
import { canonicalQuantity, isQuantity, parseQuantity } from './quantity.ts';
import { labelsText, matchesLabels, parseFieldSelector, parseLabelSelector, selectorText } from './selector.ts';

describe('quantities', () => {
  it.each([
    ['0.5', '500m', 0.5],
    ['1024Mi', '1Gi', 2 ** 30],
    ['1000Mi', '1000Mi', 1000 * 2 ** 20],
    ['1.5Gi', '1536Mi', 1.5 * 2 ** 30],
    ['100Ki', '100Ki', 102_400],
    ['512', '512', 512],
    ['1000', '1k', 1000],
    ['2000m', '2', 2],
    ['0.1Ki', '102400m', 102.4],
    ['1e3', '1e3', 1000],
    ['0', '0', 0],
    ['-1Gi', '-1Gi', -(2 ** 30)],
    ['0.0000000001', '1n', 1e-9],
  ])('reads %s, keeps it as %s', (text, canonical, amount) => {
    expect(canonicalQuantity(text)).toBe(canonical);
    expect(parseQuantity(text)).toBeCloseTo(amount, 12);
  });

  it('tells what is no quantity', () => {
    expect(['', 'lots', '1 Gi', '1GiB', '0x10', '1.2.3', '.'].filter(isQuantity)).toEqual([]);
    expect(() => parseQuantity('lots')).toThrow('quantities must match the regular expression');
    expect(() => parseQuantity('64Mm')).toThrow("unable to parse quantity's suffix");
  });
});

describe('ages', () => {
  it.each([
    [-5_000, '<invalid>'],
    [0, '0s'],
    [119_999, '119s'],
    [120_000, '2m'],
    [125_000, '2m5s'],
    [10 * 60_000, '10m'],
    [179 * 60_000, '179m'],
    [3 * 3_600_000, '3h'],
    [7.5 * 3_600_000, '7h30m'],
    [47 * 3_600_000, '47h'],
    [50 * 3_600_000, '2d2h'],
    [10 * 86_400_000, '10d'],
    [3 * 365 * 86_400_000, '3y'],
  ])('prints %d ms as %s', (durationMs, text) => {
    expect(humanDuration(durationMs)).toBe(text);
  });
});

describe('label selectors', () => {
  const labels = { app: 'web', tier: 'front', weight: '7' };

  it.each([
    ['', true],
    ['app=web', true],
    ['app==web,tier!=back', true],
    ['app in (api, web),tier notin (back)', true],
    ['app,!gone', true],
    ['weight>5,weight<8', true],
    ['app!=web', false],
    ['missing!=x', true],
    ['missing notin (x)', true],
    ['app=', false],
    ['!app', false],
  ])('%s selects: %s', (text, expected) => {
    expect(parseLabelSelector(text)(labels)).toBe(expected);
  });

  it.each([
    ['a=b=c', "found '=', expected: ',' or 'end of string'"],
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
    ['=a', "found '=', expected: !, identifier, or 'end of string'"],
    ['a,', "found '', expected: identifier after ','"],
    ['a in (x', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['a in (x,', "unable to parse requirement: found '', expected: ',', or identifier"],
    ['a in (=', "unable to parse requirement: found '=', expected: ',', ')' or identifier"],
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
  ])('refuses %s in the server’s words', (text, message) => {
    expect(() => parseLabelSelector(text)).toThrow(expect.objectContaining({ message, code: 400 }));
  });

  it('selects everything when empty and nothing when absent', () => {
    expect(matchesLabels({}, labels)).toBe(true);
    expect(matchesLabels(undefined, labels)).toBe(false);
    expect(matchesLabels({ matchExpressions: [{ key: 'app', operator: 'In', values: ['web'] }] }, labels)).toBe(true);
  });

  it('are printed as kubectl prints them', () => {
    const expressions = [
      { key: 'env', operator: 'NotIn', values: ['b', 'a'] },
      { key: 'x', operator: 'DoesNotExist' },
    ];
    expect(selectorText({ matchLabels: { tier: 'f', app: 'web' }, matchExpressions: expressions })).toBe(
      'app=web,env notin (a,b),tier=f,!x',
    );
    expect(labelsText(undefined)).toBe('<none>');
  });

  it('does not take what objects inherit for a label', () => {
    expect(parseLabelSelector('constructor')({})).toBe(false);
  });
});

describe('field selectors', () => {
  it('are split at commas, with both signs of equality', () => {
    expect(parseFieldSelector('spec.nodeName=node-1,status.phase!=Failed,a==b\\,c')).toEqual([
      { field: 'spec.nodeName', operator: '=', value: 'node-1' },
      { field: 'status.phase', operator: '!=', value: 'Failed' },
      { field: 'a', operator: '=', value: 'b,c' },
    ]);
    expect(() => parseFieldSelector('nonsense')).toThrow("invalid selector: 'nonsense'; can't understand 'nonsense'");
  });
});

describe('names and hashes', () => {
  it('give the same template the same hash, whatever the order of its keys', () => {
    const hash = podTemplateHash({ metadata: { labels: { a: '1', b: '2' } }, spec: { containers: [] } });
    expect(hash).toMatch(/^[4-9bcdf]{4,10}$/);
    expect(podTemplateHash({ spec: { containers: [] }, metadata: { labels: { b: '2', a: '1' } } })).toBe(hash);
    expect(podTemplateHash({ spec: { containers: [] } })).not.toBe(hash);
  });

  it('have five characters from an alphabet without vowels', () => {
    expect(generateSuffix(() => 0)).toBe('bbbbb');
    expect(generateSuffix(() => 0.9999)).toBe('99999');
  });
});

describe('QoS class', () => {
  it.each([
    ['BestEffort', {}],
    ['Burstable', { requests: { cpu: '100m' } }],
    ['Burstable', { limits: { memory: '64Mi' } }],
    ['Guaranteed', { limits: { memory: '64Mi', cpu: '1' } }],
    ['Guaranteed', { limits: { memory: '64Mi', cpu: '1' }, requests: { memory: '65536Ki', cpu: '1000m' } }],
  ])('is %s', (expected, resources) => {
    expect(qosClass({ containers: [{ name: 'web', resources }] })).toBe(expected);
  });
});
