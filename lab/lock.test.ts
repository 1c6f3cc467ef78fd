import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { lockHolder, takeLock } from './lock.ts';
import { identifySelf } from './process-identity.ts';

async function lockFile(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'lock-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return join(dir, 'state', 'lock.json');
}

describe('the lock of a lab', () => {
  it('lets one command in at a time and says who is at work', async () => {
    const file = await lockFile();
    await using _ = await takeLock(file, 'reset');
    await expect(takeLock(file, 'grade')).rejects.toThrow(
      `"reset" is still at work in this folder (process ${process.pid})`,
    );
    expect(await lockHolder(file)).toMatchObject({ command: 'reset', pid: process.pid });
  });

  it('leaves nothing behind when it is given back', async () => {
    const file = await lockFile();
    {
      await using _ = await takeLock(file, 'reset');
    }
    expect(await readdir(join(file, '..'))).toEqual([]);
    await using _again = await takeLock(file, 'reset');
  });

  it('is taken over from a process that died, also when its number was given to another since', async () => {
    const file = await lockFile();
    await using _first = await takeLock(file, 'start');
    await writeFile(file, JSON.stringify({ ...(await identifySelf()), started: 'an earlier boot', command: 'start' }));
    expect(await lockHolder(file)).toBeUndefined();
    await using _second = await takeLock(file, 'reset');
    expect(await lockHolder(file)).toMatchObject({ command: 'reset' });
  });

  it('of a process that died goes to exactly one of many that ask at once', async () => {
    const file = await lockFile();
    await using _first = await takeLock(file, 'start');
    await writeFile(file, JSON.stringify({ ...(await identifySelf()), started: 'an earlier boot', command: 'start' }));
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => takeLock(file, 'reset')));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await readdir(join(file, '..'))).toEqual(['lock.json']);
  });

  it('is taken over when it is damaged', async () => {
    const file = await lockFile();
    await using _first = await takeLock(file, 'start');
    await writeFile(file, '{"pid": 1');
    await using _second = await takeLock(file, 'reset');
    expect(await lockHolder(file)).toMatchObject({ command: 'reset' });
  });

  it('goes to exactly one of many that ask at once', async () => {
    const file = await lockFile();
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => takeLock(file, 'start')));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
