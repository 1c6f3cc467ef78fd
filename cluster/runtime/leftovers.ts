import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readProcessTableWithPs, readStat } from './process-table.ts';

/**
 * Notes a process that was spawned at `nowMs`, so that an engine that comes after a kill -9 can end what is left.
 * Returns the function that removes the note.
 */
export function recordPid(runDir: string, pid: number, nowMs: number): () => void {
  const folder = pidsFolder(runDir);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, String(pid));
  writeFileSync(file, `${readStat(pid)?.startTime ?? ''}\n${nowMs}\n`);
  return () => rmSync(file, { force: true });
}

/**
 * Ends the process groups that an earlier engine noted in `runDir` and left behind. A process id that was given to
 * somebody else since is recognised by its start time and left alone.
 * @returns how many were ended
 */
export async function killLeftovers(runDir: string): Promise<number> {
  const folder = pidsFolder(runDir);
  const names = readNames(folder);
  const table = process.platform === 'linux' || names.length === 0 ? undefined : await readProcessTableWithPs();
  let ended = 0;
  for (const name of names) {
    const pid = Number(name);
    const [startTime = '', spawnedAt = '0'] = readFileSync(join(folder, name), 'utf8').split('\n');
    const alive = table
      ? startedNear(table.get(pid)?.startTime, Number(spawnedAt))
      : startTime !== '' && readStat(pid)?.startTime === startTime;
    if (Number.isInteger(pid) && pid > 1 && alive && signalGroup(pid, 'SIGKILL')) ended++;
    rmSync(join(folder, name), { force: true });
  }
  return ended;
}

/** Where the notes lie: a file for each process group, named by its id; its first line is the start time. */
export function pidsFolder(runDir: string): string {
  return join(runDir, 'pids');
}

/** Signals a whole process group; false when there is none. Where there are no groups, the process alone. */
export function signalGroup(group: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(process.platform === 'win32' ? group : -group, signal);
    return true;
  } catch {
    return false;
  }
}

function startedNear(startTime: string | undefined, spawnedAtMs: number): boolean {
  return startTime !== undefined && Math.abs(Date.parse(startTime) - spawnedAtMs) <= 2000;
}

function readNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
