import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import type { CheckSpec } from '../grading-plan.ts';
import { checks, prepareCheck } from './index.ts';

const scenariosDir = join(import.meta.dirname, '../../scenarios');

/** Every question that the scenarios' data asks, wherever in the document it stands. */
async function specsOf(): Promise<{ file: string; spec: CheckSpec }[]> {
  const files = (await readdir(scenariosDir, { recursive: true })).filter((name) => name.endsWith('.yaml'));
  const found = await Promise.all(
    files.map(async (file) => {
      const document = parse(await readFile(join(scenariosDir, file), 'utf8')) as {
        checks?: CheckSpec[];
        criteria?: { checks: CheckSpec[] }[];
      };
      const specs = [...(document.checks ?? []), ...(document.criteria ?? []).flatMap((criterion) => criterion.checks)];
      return specs.map((spec) => ({ file, spec: { kind: spec.kind, params: spec.params ?? {} } }));
    }),
  );
  return found.flat();
}

const specs = await specsOf();

describe('the questions of all scenarios', () => {
  it.each(specs)('$file: $spec.kind can be put', ({ spec }) => {
    expect(prepareCheck(spec).kind).toBe(spec.kind);
  });

  it('use every kind of check that there is', () => {
    const used = new Set(specs.map(({ spec }) => spec.kind));
    expect(Object.keys(checks).filter((kind) => !used.has(kind))).toEqual([]);
  });
});

describe('a question that makes no sense', () => {
  it('is refused by its kind', () => {
    expect(() => prepareCheck({ kind: 'vibes', params: {} })).toThrow('there is no check "vibes"');
  });
  it('is refused by its parameters', () => {
    expect(() => prepareCheck({ kind: 'pods-stable', params: { deploymnt: 'x' } })).toThrow(/pods-stable.*deployment/);
  });
});
