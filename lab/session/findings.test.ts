import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { labFolder, writeWhole, type LabFolder } from '../lab-folder.ts';
import { readBundle } from './bundles.ts';
import { addFinding, findingsFile, readFindings, removeFinding } from './findings.ts';

let dir: string;
let folder: LabFolder;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'findings-'));
  folder = labFolder(dir);
});
afterEach(() => rm(dir, { recursive: true }));

const finding = {
  component: 'order-service',
  kind: 'dependency',
  symptom: 's',
  rootCause: '',
  impact: '',
  severity: '',
  fix: '',
};

describe('findings', () => {
  it('are none at first', async () => {
    expect(await readFindings(folder)).toEqual([]);
  });
  it('are added with their time and taken back', async () => {
    expect(await addFinding(folder, finding, 0)).toBe(1);
    expect(await addFinding(folder, { ...finding, kind: 'code' }, 1_000)).toBe(2);
    await removeFinding(folder, '1');
    expect(await readFindings(folder)).toEqual([{ ...finding, kind: 'code', at: '1970-01-01T00:00:01Z' }]);
    await expect(removeFinding(folder, '7')).rejects.toThrow('There is no finding 7; there are 1.');
    await expect(removeFinding(folder, 'x')).rejects.toThrow('There is no finding x; there are 1.');
  });
  it('may be written by hand, and then are as old as the file', async () => {
    await writeWhole(findingsFile(folder), '- component: gateway\n  kind: selector\n');
    const [read] = await readFindings(folder);
    expect(read).toMatchObject({ component: 'gateway', kind: 'selector', fix: '' });
    expect(Math.abs(Date.parse(read!.at) - (await stat(findingsFile(folder))).mtimeMs)).toBeLessThan(1_001);
  });
  it.each(['- componnt: x\n  kind: y\n', 'a: [', '- 3\n'])('that make no sense are told: %j', async (text) => {
    await writeWhole(findingsFile(folder), text);
    await expect(readFindings(folder)).rejects.toThrow(/findings\.yaml can't be read as findings/);
  });
});

describe('a bundle in a file', () => {
  const path = (): string => join(dir, 'ada.bundle.json.gz');
  it('that is cut is told', async () => {
    await writeFile(path(), gzipSync(randomBytes(5_000).toString('hex')));
    await truncate(path(), 2_000);
    expect(await readBundle(path())).toEqual({ problem: expect.stringContaining('cut off') });
  });
  it('that would unfold to more than any grading is not unfolded', async () => {
    await writeFile(path(), gzipSync(Buffer.alloc(80 * 1024 * 1024)));
    expect(await readBundle(path())).toEqual({ problem: expect.stringContaining('cannot be unpacked') });
  });
  it('is asked for where there is none', async () => {
    await expect(readBundle(join(dir, 'nobody'))).rejects.toThrow(/nobody can't be read/);
  });
});
