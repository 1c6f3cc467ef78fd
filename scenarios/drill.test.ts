import { describe, expect, it } from 'vitest';
import { loadCatalogue } from './catalogue.ts';
import { canStandTogether, drawFaults, scenarioAround } from './drill.ts';
import { applyVariant, variantOf } from './variants.ts';

const catalogue = await loadCatalogue(import.meta.dirname);
const faults = [...catalogue.faults.values()];
const fault = (id: string) => catalogue.faults.get(id)!;
const seeds = Array.from({ length: 40 }, (_, index) => String(index));

describe('a random incident', () => {
  const draw = (seed: string) => drawFaults(faults, { count: 3, seed, level: 'intermediate' }).map(({ id }) => id);

  it('is the same for the same seed, and differs between seeds', () => {
    expect(seeds.map(draw)).toEqual(seeds.map(draw));
    expect(new Set(seeds.map((seed) => draw(seed).join())).size).toBeGreaterThan(10);
  });

  it('holds as many faults as were asked for, which can stand together and are not too hard', () => {
    for (const seed of seeds) {
      const chosen = draw(seed).map(fault);
      expect(chosen).toHaveLength(3);
      expect(chosen.every((one) => chosen.every((other) => one === other || canStandTogether(one, other)))).toBe(true);
      expect(chosen.filter(({ level }) => level === 'advanced' || level === 'expert')).toEqual([]);
    }
  });

  it('asks for what it was made around, and says nothing of the causes', () => {
    const chosen = ['env-missing', 'selector-mismatch'].map(fault);
    const { faults: asked, title, story } = scenarioAround('random', chosen);
    expect(asked).toEqual(['env-missing', 'selector-mismatch']);
    expect(JSON.stringify({ title, story })).not.toMatch(/DB_NAME|selector|env-missing/);
  });

  it('keeps faults apart that rule each other out', () => {
    const one = { ...fault('env-missing'), conflicts: ['selector-mismatch'] };
    expect(canStandTogether(fault('selector-mismatch'), one)).toBe(false);
    expect(canStandTogether(one, fault('selector-mismatch'))).toBe(false);
  });

  it('has no release of which a quota would let nothing be seen', () => {
    const releases = ['bad-release', 'rollout-stuck', 'rollout-endless'];
    expect(releases.filter((id) => canStandTogether(fault('quota-exceeded'), fault(id)))).toEqual([]);
    expect(canStandTogether(fault('bad-release'), fault('rollout-stuck'))).toBe(true);
  });
});

describe('variants', () => {
  it('are drawn by the seed; without one the fault is as it is written', () => {
    const selector = fault('selector-mismatch');
    expect(variantOf(selector, null)).toBe(selector);
    expect(variantOf(selector, '7')).toEqual(variantOf(selector, '7'));
    expect(new Set(seeds.map((seed) => variantOf(selector, seed).rootCause)).size).toBe(selector.variants.length + 1);
  });

  const all = faults.flatMap((one) => one.variants.map((variant) => ({ id: one.id, name: variant.name, variant })));

  it.each(all)(
    '$id, $name: breaks otherwise than the written one, and each of its words is found',
    ({ id, variant }) => {
      const written = fault(id);
      expect(applyVariant(written, variant).inject).not.toEqual(written.inject);
      for (const one of variant.replace) {
        expect(applyVariant(written, { ...variant, replace: [one] })).not.toEqual(written);
      }
    },
  );
});
