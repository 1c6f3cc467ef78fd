import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const launcher = join(import.meta.dirname, 'brokenprod.mjs');

/** Runs the real command line in an empty folder. */
function brokenprod(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [launcher, ...args], { cwd: folder, timeout: 20_000 }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 128) : 0, stdout, stderr });
    });
  });
}

/** As after `| head -1`, or `2>&1 | head -1`: nobody reads, from the first word on. @returns the exit code */
async function unread(streams: readonly ('stdout' | 'stderr')[], ...args: string[]): Promise<unknown> {
  const child = spawn(process.execPath, [launcher, ...args], { cwd: folder });
  for (const name of ['stdout', 'stderr'] as const) {
    if (streams.includes(name)) child[name].destroy();
    else child[name].resume();
  }
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

describe('the command line', () => {
  it('lists its commands and how to begin', async () => {
    const { code, stdout } = await brokenprod('--help');
    expect(code).toBe(0);
    for (const command of [
      'start',
      'status',
      'list',
      'reset',
      'stop',
      'kubectl',
      'env',
      'hint',
      'grade',
      'image',
      'solve',
    ]) {
      expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
    }
    expect(stdout).toContain('Begin with: npx brokenprod start');
  });

  it('suggests what was meant by an unknown command or option, with exit code 2', async () => {
    expect(await brokenprod('statsu')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Did you mean status?'),
    });
    expect(await brokenprod('grade', '--quik')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Did you mean --quick?'),
    });
  });

  it('lists the scenarios and the faults, also as JSON', async () => {
    const { stdout } = await brokenprod('list');
    expect(stdout).toMatch(/^ {2}friday-afternoon +.*8 issues/m);
    expect(stdout).toMatch(/^ {2}env-missing +.*\(1 beginner\)[^]*^ {2}retry-storm +.*\(3 advanced\)/m);
    const { scenarios, faults } = JSON.parse((await brokenprod('list', '--json')).stdout) as {
      scenarios: { id: string }[];
      faults: { id: string; complaint: string }[];
    };
    expect(scenarios.map(({ id }) => id)).toContain('friday-afternoon');
    expect(faults.find(({ id }) => id === 'env-missing')).toHaveProperty('complaint');
  });

  it('says in one sentence that there is no lab, and what to type', async () => {
    expect(await brokenprod('status')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('npx brokenprod start'),
    });
    expect(JSON.parse((await brokenprod('status', '--json')).stdout)).toEqual({ state: 'none' });
    for (const args of [['kubectl', 'get', 'pods'], ['hint'], ['reset'], ['env'], ['grade'], ['image', 'list']]) {
      const { code, stderr } = await brokenprod(...args);
      expect({ args, code }).toEqual({ args, code: 2 });
      expect(stderr).toMatch(/^No lab runs in .*\. Start one: npx brokenprod start\n$/);
    }
  });

  it('tells an error as JSON when JSON was asked for', async () => {
    const { code, stdout } = await brokenprod('hint', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'NO_LAB' } });
  });

  it('names the nearest scenario, and starts nothing', async () => {
    const { code, stderr } = await brokenprod('start', 'frday-afternoon');
    expect(code).toBe(2);
    expect(stderr).toContain('There is no scenario "frday-afternoon". Did you mean "friday-afternoon"?');
    expect(await readdir(folder)).toEqual([]);
  });

  it('says what levels there are, and takes them by word and number', async () => {
    const start = (level: string) => brokenprod('start', 'frday-afternoon', '--level', level);
    expect(await start('easy')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Levels are 1 beginner, 2 intermediate, 3 advanced, or 4 expert.'),
    });
    for (const level of ['expert', '4']) {
      expect((await start(level)).stderr).toContain('There is no scenario "frday-afternoon"');
    }
  });

  it('ends as it would have ended when nobody reads it', async () => {
    expect(await unread(['stdout'], 'list')).toBe(0);
    expect(await unread(['stdout', 'stderr'], '--help')).toBe(0);
    expect(await unread(['stderr'], 'start', 'frday-afternoon')).toBe(2);
    expect(await unread(['stdout', 'stderr'], 'hint', '--json')).toBe(2);
    expect(await readdir(folder)).toEqual([]);
  });

  it('says what a seat on a cluster needs', async () => {
    const result = await brokenprod('start', '--engine', 'kubeconfig', '--context', 'x');
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('--namespace, --images');
  });

  it('stops what is not there without complaint and leaves nothing', async () => {
    expect(await brokenprod('stop')).toMatchObject({ code: 0, stdout: 'No lab was running here.\n' });
    expect(await readdir(folder)).toEqual([]);
  });

  it('gives the solution only to those who say that they want it', async () => {
    expect(await brokenprod('solve')).toMatchObject({ code: 2, stderr: expect.stringContaining('solve --yes') });
  });

  it('explains a folder that cannot be written', async () => {
    // A file where the folder should be: also root cannot write there.
    await writeFile(join(folder, '.brokenprod'), '');
    const { code, stderr } = await brokenprod('start');
    await rm(join(folder, '.brokenprod'));
    expect(code).toBe(2);
    expect(stderr).toContain('A lab keeps its state in .brokenprod');
  });
});
