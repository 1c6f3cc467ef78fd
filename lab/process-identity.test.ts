import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../lib/clock.ts';
import { endProcess, identifyProcess, isAlive, type ProcessIdentity } from './process-identity.ts';

async function program(source: string): Promise<{ child: ChildProcess; identity: ProcessIdentity }> {
  const child = spawn(process.execPath, ['-e', `${source}; setInterval(() => {}, 1000); console.log('up')`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  const identity = await identifyProcess(child.pid ?? 0);
  if (!identity) throw new Error('the program is not running');
  return { child, identity };
}

describe('ending a process', () => {
  it('is polite first', async () => {
    const { identity } = await program('');
    expect(await endProcess(identity, systemClock, 2_000)).toBe('ended');
    expect(await isAlive(identity)).toBe(false);
  });

  it('uses force on one that does not listen', async () => {
    const { identity } = await program("process.on('SIGTERM', () => {})");
    expect(await endProcess(identity, systemClock, 100)).toBe('killed');
    expect(await isAlive(identity)).toBe(false);
  });

  it('never touches a stranger that got the same number', async () => {
    const { child, identity } = await program('');
    expect(await endProcess({ ...identity, started: 'another time' }, systemClock, 100)).toBe('gone');
    expect(child.exitCode ?? child.signalCode).toBeNull();
    expect(await isAlive(identity)).toBe(true);
  });
});
