import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { labFolder, writeJson, type LabFolder } from './lab-folder.ts';
import { labKey, readSealed, writeSealed } from './lab-key.ts';

const schema = z.object({ hints: z.array(z.string()), seed: z.string().nullish() });

let dir: string;
let folder: LabFolder;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'key-'));
  folder = labFolder(dir);
});
afterEach(() => rm(dir, { recursive: true }));
const read = () => readSealed(folder, folder.sessionFile, schema);

describe("the lab's key", () => {
  it('is made once, for the owner only', async () => {
    const key = await labKey(folder);
    expect(await labKey(folder)).toBe(key);
    expect((await stat(folder.keyFile)).mode & 0o777).toBe(0o600);
  });
});

describe('what gradings go by', () => {
  it('is read as it was written; what JSON leaves out makes no difference', async () => {
    expect(await read()).toBeUndefined();
    await writeSealed(folder, folder.sessionFile, { hints: ['one'], seed: undefined });
    expect(await read()).toEqual({ hints: ['one'] });
  });
  it('is not believed when somebody edited it, such as the hints that were used', async () => {
    await writeSealed(folder, folder.sessionFile, { hints: ['one'] });
    const text = await readFile(folder.sessionFile, 'utf8');
    await writeFile(folder.sessionFile, text.replace('"one"', ''));
    await expect(read()).rejects.toThrow(/session\.json is damaged, or was changed by hand\. .*brokenprod stop/);
  });
  it('is not believed without its seal, or without the key', async () => {
    await writeJson(folder.sessionFile, { hints: [] });
    await expect(read()).rejects.toThrow('changed by hand');
    await writeSealed(folder, folder.sessionFile, { hints: [] });
    await rm(folder.keyFile);
    await expect(read()).rejects.toThrow('changed by hand');
  });
});
