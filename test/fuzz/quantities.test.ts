import { describe, expect, it } from 'vitest';
import {
  canonicalQuantity,
  compareQuantities,
  isQuantity,
  parseQuantity,
  QuantityError,
  subtractQuantity,
  sumQuantities,
} from '../../cluster/objects/quantity.ts';
import type { Random } from './random.ts';
import { forSeeds, fuzzTimeoutMs } from './rounds.ts';

const suffixes = [
  '',
  'n',
  'u',
  'm',
  'k',
  'M',
  'G',
  'T',
  'P',
  'E',
  'Ki',
  'Mi',
  'Gi',
  'Ti',
  'Pi',
  'Ei',
  'e3',
  'E-3',
  'e0',
];

function randomQuantity(random: Random): string {
  const whole = random.pick(['0', '1', '007', '1024', '999999', '18446744073709551616', String(random.int(5_000))]);
  const fraction = random.chance(0.4) ? `.${random.pick(['', '5', '25', '000', '0000000001'])}` : '';
  return `${random.pick(['', '', '', '-', '+'])}${whole}${fraction}${random.pick(suffixes)}`;
}

/** A whole number: the binary form has no fractions and rounds them up. */
function wholeQuantity(random: Random): string {
  const [, number = '0', suffix = ''] = /^([-+]?[\d.]*)(.*)$/.exec(randomQuantity(random)) ?? [];
  return `${Number(number) === 0 ? '0' : number.replace(/\..*/, '')}${/^[num]$|^E-3$/.test(suffix) ? 'k' : suffix}`;
}

describe('quantities', { timeout: fuzzTimeoutMs }, () => {
  it('keep their amount in their canonical form, which is its own', async () => {
    await forSeeds(5_000, (random) => {
      const text = randomQuantity(random);
      const canonical = canonicalQuantity(text);
      expect(canonicalQuantity(canonical), text).toBe(canonical);
      const whole = wholeQuantity(random);
      expect(compareQuantities(canonicalQuantity(whole), whole), whole).toBe(0);
      expect(Math.sign(parseQuantity(text)), text).toBe(Math.sign(parseQuantity(canonical)));
    });
  });

  it('add up in any order, and what was added can be taken away', async () => {
    await forSeeds(3_000, (random) => {
      const [a, b, c] = [wholeQuantity(random), wholeQuantity(random), wholeQuantity(random)];
      expect(compareQuantities(sumQuantities([a, b, c]), sumQuantities([c, a, b])), `${a} ${b} ${c}`).toBe(0);
      expect(compareQuantities(a, b), `${a} ${b}`).toBe(-compareQuantities(b, a) + 0);
      const sum = sumQuantities([a, b]);
      const left = compareQuantities(a, '0') >= 0 ? a : '0';
      expect(compareQuantities(subtractQuantity(sum, b), left), `${a} ${b}`).toBe(0);
    });
  });

  it('that are none are refused in the words of the server, however long they are', async () => {
    await forSeeds(5_000, (random) => {
      const text = random.chance(0.5) ? `${randomQuantity(random)}${random.text()}` : random.text();
      expect(outcome(text), text).toBe(isQuantity(text) ? 'number' : 'QuantityError');
    });
    for (const text of ['1'.repeat(1_000_000), `${'1'.repeat(500_000)}x`, '.'.repeat(100_000), '1e99999999']) {
      const startedMs = performance.now();
      expect(isQuantity(text)).toBe(false);
      expect(() => canonicalQuantity(text)).toThrow(QuantityError);
      expect(performance.now() - startedMs).toBeLessThan(500);
    }
  });
});

function outcome(text: string): string {
  try {
    return Number.isFinite(parseQuantity(text)) ? 'number' : 'no number';
  } catch (error) {
    return error instanceof QuantityError ? 'QuantityError' : String(error);
  }
}
