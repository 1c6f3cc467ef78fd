import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { loadCatalogue } from '../../scenarios/catalogue.ts';
import { canStandTogether } from '../../scenarios/drill.ts';
import type { Fault } from '../../scenarios/fault.ts';
import { inCompany } from './company.ts';
import { roundsByKind, rowsOf } from './rows.ts';

const { faults } = await loadCatalogue(fileURLToPath(new URL('../../scenarios', import.meta.url)));
const all = [...faults.values()];
const rounds = (company: readonly Fault[]): number => roundsByKind(company.map(rowsOf)).length;

it('puts each fault into one company, in which all can be judged', () => {
  const companies = inCompany(all, { size: 4, seed: '7', rounds });
  expect(new Set(companies.flat())).toEqual(new Set(all));
  expect(companies.flat()).toHaveLength(all.length);
  for (const company of companies) {
    expect(company.length).toBeLessThanOrEqual(4);
    for (const [index, one] of company.entries()) {
      expect(company.slice(0, index).every((other) => canStandTogether(other, one))).toBe(true);
    }
  }
  expect(companies.length).toBeLessThan(all.length / 2);
});

it('is the same for the same seed, and another for another', () => {
  const names = (seed: string) =>
    inCompany(all, { size: 4, seed, rounds }).map((company) => company.map(({ id }) => id));
  expect(names('7')).toEqual(names('7'));
  expect(names('8')).not.toEqual(names('7'));
  expect(inCompany(all, { size: 1, seed: '7', rounds })).toEqual(all.map((fault) => [fault]));
});
