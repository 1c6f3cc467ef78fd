import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { faultsOf, gradingPlan, loadCatalogue } from './catalogue.ts';
import type { Fault } from './fault.ts';
import { levels } from './levels.ts';
import { applyVariant } from './variants.ts';

const here = import.meta.dirname;
const folders: string[] = [];

/** A copy of the catalogue with one text in one file replaced. */
async function spoiled(file: string, from: string, to: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'catalogue-'));
  folders.push(dir);
  await cp(here, dir, { recursive: true });
  const path = join(dir, file);
  await writeFile(path, (await readFile(path, 'utf8')).replace(from, to));
  return dir;
}

afterEach(async () => {
  await Promise.all(folders.splice(0).map((dir) => rm(dir, { recursive: true })));
});

describe('the catalogue', () => {
  it('loads every fault and scenario that is there', async () => {
    const catalogue = await loadCatalogue(here);
    expect([...catalogue.scenarios.keys()]).toContain('friday-afternoon');
    expect(catalogue.faults.size).toBeGreaterThanOrEqual(8);
  });

  it('says file, place and problem when a fault is not as the format asks', async () => {
    const dir = await spoiled('faults/chaos-flag/fault.yaml', 'severity: SEV1', 'severity: bad');
    await expect(loadCatalogue(dir)).rejects.toThrow(/chaos-flag.fault\.yaml[\s\S]*line \d+, severity: [\s\S]*SEV1/);
  });

  it('does not overlook a misspelt field', async () => {
    const dir = await spoiled('faults/chaos-flag/fault.yaml', 'symptom:', 'symptoms:');
    await expect(loadCatalogue(dir)).rejects.toThrow(/line \d+, symptoms: unknown field; did you mean "symptom"/);
  });

  it('names a scenario that asks for an unknown fault', async () => {
    const dir = await spoiled('friday-afternoon/scenario.yaml', '- chaos-flag', '- chaos-flagg');
    await expect(loadCatalogue(dir)).rejects.toThrow(/friday-afternoon.*unknown faults: chaos-flagg/);
  });

  it('says where YAML is not valid', async () => {
    const dir = await spoiled('faults/env-missing/fault.yaml', 'title: ', 'title: "');
    await expect(loadCatalogue(dir)).rejects.toThrow(/env-missing.fault\.yaml is not valid YAML/);
  });

  it('puts faults that hide each other into one scenario only where that is its point', async () => {
    const catalogue = await loadCatalogue(here);
    for (const scenario of catalogue.scenarios.values()) {
      if (scenario.id === 'quota-trap') continue;
      const ruledOut = faultsOf(catalogue, scenario).flatMap(({ conflicts }) => conflicts);
      expect(
        scenario.faults.filter((id) => ruledOut.includes(id)),
        scenario.id,
      ).toEqual([]);
    }
  });

  it('has faults and scenarios of each level, and no scenario is easier than its hardest fault', async () => {
    const catalogue = await loadCatalogue(here);
    const [ofFaults, ofScenarios] = [catalogue.faults, catalogue.scenarios].map(
      (all) => new Set([...all.values()].map(({ level }) => level)),
    );
    expect(levels.filter((level) => !ofFaults?.has(level) || !ofScenarios?.has(level))).toEqual([]);
    for (const scenario of catalogue.scenarios.values()) {
      const hardest = Math.max(...faultsOf(catalogue, scenario).map(({ level }) => levels.indexOf(level)));
      expect(levels.indexOf(scenario.level), scenario.id).toBeGreaterThanOrEqual(hardest);
    }
  });

  it('says what levels there are', async () => {
    const dir = await spoiled('faults/chaos-flag/fault.yaml', 'level: intermediate', 'level: easy');
    await expect(loadCatalogue(dir)).rejects.toThrow(/level: .*"beginner".*"intermediate".*"advanced".*"expert"/);
  });

  it('gives a hundred points for Friday afternoon', async () => {
    const catalogue = await loadCatalogue(here);
    const scenario = catalogue.scenarios.get('friday-afternoon');
    const plan = gradingPlan(catalogue, scenario!);
    const points = [...plan.issues, ...plan.criteria].reduce((sum, part) => sum + part.points, 0);
    expect(plan.issues).toHaveLength(8);
    expect(points).toBe(100);
  });
});

/** What a fix does, without the waiting. */
function changesOf({ steps }: Pick<Fault['solutions'][number], 'steps'>): string {
  return JSON.stringify(steps.filter((step) => !('kubectl' in step && step.kubectl[1] === 'status')));
}

describe('each fault', async () => {
  const catalogue = await loadCatalogue(here);
  const faults = faultsOf(catalogue, catalogue.scenarios.get('friday-afternoon')!);

  it.each(faults)('$id is seen at once, or says why it is not', ({ visible, maskedBy, id }) => {
    const latent = ['liveness-port', 'memory-limit'];
    expect(visible.by === 'symptom' || maskedBy.length > 0 || latent.includes(id)).toBe(true);
  });

  const changeData = [...catalogue.faults.values()].filter(({ changesData }) => changesData);
  it.each(changeData)(
    '$id, which changes data, is proven by a pod that got as far as that',
    ({ visible: { proof } }) => {
      const ran = proof.some(
        (one) => one.kind === 'container-crashed' || (one.kind === 'pod-field' && one.field.includes('type=Ready')),
      );
      expect(ran).toBe(true);
    },
  );

  it.each(faults)('$id has at least two right fixes where two exist', ({ solutions }) => {
    expect(solutions.length).toBeGreaterThanOrEqual(2);
  });

  it.each([...catalogue.faults.values()])('$id has no wrong fix that a variant makes a right one', (fault) => {
    for (const { solutions, wrongFixes } of [fault, ...fault.variants.map((variant) => applyVariant(fault, variant))]) {
      const right = solutions.map(changesOf);
      expect(wrongFixes.filter((wrong) => right.includes(changesOf(wrong)))).toEqual([]);
    }
  });

  it.each(faults)('$id does not give its answer away in the first hint', ({ hints, fix }) => {
    const values = fix.match(/[A-Z_]{4,}|\d{3,}\w*|https?:\S+/g) ?? [];
    expect(values.filter((value) => hints[0]?.includes(value))).toEqual([]);
  });
});
