import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../lib/clock.ts';
import { labFolder } from '../lab-folder.ts';
import { isAlive, type ProcessIdentity } from '../process-identity.ts';
import { embeddedEngine } from './embedded.ts';
import { readEngineFile } from './engine-file.ts';

const never = new AbortController().signal;

async function fakeEngine(how = '') {
  vi.stubEnv('FAKE_ENGINE', how);
  const root = await mkdtemp(join(tmpdir(), 'engine-'));
  const folder = labFolder(root);
  const killLeftovers = vi.fn<(dir: string) => Promise<number>>(async () => 0);
  const daemon = join(import.meta.dirname, 'testdata', 'fake-daemon.mjs');
  const engine = embeddedEngine({ folder, clock: systemClock, daemon, killLeftovers });
  onTestFinished(async () => {
    await engine.down();
    await rm(root, { recursive: true, force: true });
  });
  return { engine, folder, killLeftovers };
}

afterEach(() => {
  vi.unstubAllEnvs();
});

async function identity(path: string): Promise<ProcessIdentity> {
  const file = await readEngineFile(path);
  if (!file) throw new Error('no engine file');
  return file;
}

// The identity of a process is read from /proc in the stand-in.
describe.runIf(process.platform === 'linux')('the embedded engine', () => {
  it('comes up, is found again by another command, and ends', async () => {
    const { engine, folder } = await fakeEngine();
    expect(await engine.state()).toEqual({ kind: 'none' });
    const started = await engine.up(never);
    await started.handOver();
    expect(await engine.state()).toMatchObject({ kind: 'running', engine: { name: 'embedded', version: 'fake' } });
    expect(await engine.down()).toEqual({ engine: 'ended', leftovers: 0 });
    expect(await engine.state()).toEqual({ kind: 'none' });
    expect(await readdir(folder.dir)).toEqual(['logs']);
  });

  it('is ended by force when it does not listen, within three seconds', async () => {
    const { engine, folder } = await fakeEngine('hangs');
    await (await engine.up(never)).handOver();
    const engineProcess = await identity(folder.engineFile);
    const begun = performance.now();
    expect(await engine.down()).toMatchObject({ engine: 'killed' });
    expect(performance.now() - begun).toBeLessThan(3_000);
    expect(await isAlive(engineProcess)).toBe(false);
  });

  it('is known as lost after a kill -9, and what it left is ended', async () => {
    const { engine, folder, killLeftovers } = await fakeEngine();
    await (await engine.up(never)).handOver();
    const { pid } = await identity(folder.engineFile);
    process.kill(pid, 'SIGKILL');
    await vi.waitFor(async () => expect(await engine.state()).toEqual({ kind: 'lost' }));
    killLeftovers.mockResolvedValueOnce(6);
    expect(await engine.down()).toEqual({ engine: 'gone', leftovers: 6 });
  });

  it('tells why it did not start, with the place of its log', async () => {
    const { engine, folder } = await fakeEngine('fails');
    await expect(engine.up(never)).rejects.toThrow(
      `The engine did not start: Error: no port could be had. Its log: ${folder.engineLog}`,
    );
  });

  it('is gone at once when the start is interrupted', async () => {
    const { engine, folder } = await fakeEngine('never-ready');
    const stopping = new AbortController();
    const starting = engine.up(stopping.signal);
    setTimeout(() => stopping.abort(new Error('Ctrl-C')), 100);
    await expect(starting).rejects.toThrow('Ctrl-C');
    expect(await readFile(folder.engineLog, 'utf8')).toBe('');
    expect(await engine.state()).toEqual({ kind: 'none' });
  });

  it('has nothing to do when there is none', async () => {
    const { engine, killLeftovers } = await fakeEngine();
    expect(await engine.down()).toEqual({ engine: 'gone', leftovers: 0 });
    expect(killLeftovers).not.toHaveBeenCalled();
  });
});
