import { generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealBundle, type Bundle } from '../../grader/bundle.ts';
import { baselineOf } from '../../grader/testing/fixtures.ts';
import { verdictOf } from '../../grader/testing/verdicts.ts';
import { readClass, readSeeds } from './class.ts';

const key = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();

function bundle(gradedAt: string, kind: string, shownAt: Record<string, string> = {}): Bundle {
  const facts = {
    version: '0.1.0',
    engine: 'embedded',
    engineVersion: 'v1',
    node: '26',
    scenario: 'friday-afternoon',
    seed: null,
    faults: [],
    handedOverAt: '2026-11-20T16:00:00Z',
    gradedAt,
    shownAt,
  };
  const evidence = { runId: 'r', baseline: baselineOf('shop'), observed: null, trace: { problem: 'none' } };
  const findings = [{ component: 'database-service', kind, at: '2026-11-20T16:30:00Z' }];
  return sealBundle({ facts, evidence, findings, trail: [], verdict: verdictOf() }, key);
}

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'class-'));
  const put = async (name: string, contents: string | Uint8Array): Promise<void> => {
    await mkdir(join(dir, 'class', name, '..'), { recursive: true });
    await writeFile(join(dir, 'class', name), contents);
  };
  const packed = (given: Bundle) => gzipSync(JSON.stringify(given));
  await put('ada/old.bundle.json.gz', packed(bundle('2026-11-20T17:00:00Z', 'networking')));
  await put('ada/new.bundle.json.gz', packed(bundle('2026-11-20T18:00:00Z', 'environment variable')));
  await put(
    'bob.bundle.json',
    JSON.stringify(bundle('2026-11-20T17:00:00Z', 'env', { 'env-missing': '2026-11-20T16:10:00Z' })),
  );
  await put('carl.bundle.json.gz', packed(bundle('2026-11-20T17:00:00Z', 'env')).subarray(0, 200));
  await put('notes.txt', 'no bundle');
  await writeFile(join(dir, 'seeds.txt'), '# person seed\nada 17\n\nzoe,18\n');
});
afterAll(() => rm(dir, { recursive: true }));

describe('a class is read', () => {
  it('by person, the newest bundle of each, findings on open issues judged against the catalogue', async () => {
    const [ada, bob, carl, ...others] = await readClass([join(dir, 'class')], new Map());
    expect(others).toEqual([]);
    expect(ada).toMatchObject({ person: 'ada', diagnosis: { points: 3 } });
    expect(ada?.bundle?.facts.gradedAt).toBe('2026-11-20T18:00:00Z');
    // Bob wrote it down when a grading had told him.
    expect(bob).toMatchObject({ person: 'bob', diagnosis: { points: 0 } });
    expect(carl).toEqual({
      person: 'carl',
      bundle: null,
      problems: ['The file is cut off or damaged: it cannot be unpacked.'],
    });
  }, 20_000);
  it('with the seed that each was given, and who has sent nothing', async () => {
    const submissions = await readClass([join(dir, 'class')], await readSeeds(join(dir, 'seeds.txt')));
    const problems = (person: string) => submissions.find((one) => one.person === person)?.problems;
    expect(problems('ada')).toContain('This bundle is of the seed (none), and 17 was expected.');
    expect(problems('zoe')).toEqual(['There is no bundle.']);
  }, 20_000);
  it('from somewhere, and seeds from a file', async () => {
    await expect(readClass([join(dir, 'nowhere')], new Map())).rejects.toThrow('There are no bundles in');
    await expect(readSeeds(join(dir, 'nothing'))).rejects.toThrow("The seeds can't be read");
  });
});
