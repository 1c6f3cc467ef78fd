import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { sleep, type Clock } from '../lib/clock.ts';
import { z } from 'zod';

/** A process that cannot be mistaken for another one which got the same number later, or after a reboot. */
export const processIdentitySchema = z.object({ pid: z.int().positive(), started: z.string() });
export type ProcessIdentity = z.infer<typeof processIdentitySchema>;

/** The process that has this number now; undefined when none has, or when it is dead and only waits to be reaped. */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | undefined> {
  const started = process.platform === 'linux' ? await startedOnLinux(pid) : await startedElsewhere(pid);
  return started === undefined ? undefined : { pid, started };
}

export async function identifySelf(): Promise<ProcessIdentity> {
  return (await identifyProcess(process.pid)) ?? { pid: process.pid, started: 'unknown' };
}

export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  const current = await identifyProcess(identity.pid);
  return current?.started === identity.started;
}

/**
 * Ends a process: politely, and by force after `graceMs`. A process that only has the same number is left alone.
 * @param signal the polite signal
 * @returns whether there was anything to end, and whether it needed force
 */
export async function endProcess(
  identity: ProcessIdentity,
  clock: Clock,
  graceMs: number,
  signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM',
): Promise<'gone' | 'ended' | 'killed'> {
  if (!(await isAlive(identity))) return 'gone';
  sendSignal(identity.pid, signal);
  if (await isGoneWithin(identity, clock, graceMs)) return 'ended';
  sendSignal(identity.pid, 'SIGKILL');
  await isGoneWithin(identity, clock, 2_000);
  return 'killed';
}

async function isGoneWithin(identity: ProcessIdentity, clock: Clock, withinMs: number): Promise<boolean> {
  const deadline = clock.now() + withinMs;
  while (await isAlive(identity)) {
    if (clock.now() >= deadline) return false;
    await sleep(clock, 20);
  }
  return true;
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The boot and the clock tick of the start; a zombie counts as gone. */
async function startedOnLinux(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The command's name comes in parentheses and may itself hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    return `${boot}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

async function startedElsewhere(pid: number): Promise<string | undefined> {
  const run = promisify(execFile);
  const bounds = { timeout: 5_000 };
  try {
    const { stdout } =
      process.platform === 'win32'
        ? await run('powershell', ['-NoProfile', '-Command', `(Get-Process -Id ${pid}).StartTime.Ticks`], bounds)
        : await run('ps', ['-o', 'lstart=', '-p', String(pid)], bounds);
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}
