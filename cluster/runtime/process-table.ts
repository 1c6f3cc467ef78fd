import { execFile } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';

/** What the host knows of one process. */
export interface ProcessInfo {
  pid: number;
  group: number;
  /** Processor time used so far. */
  cpuMs: number;
  memoryBytes: number;
  /** Changes when a process id is used again. */
  startTime: string;
}

/** Clock ticks per second in /proc; fixed by the kernel's interface to user space on every platform Node runs on. */
const ticksPerSecond = 100;

/** Every process of the host with its group; one pass over /proc. */
export function readProcessTable(): Map<number, ProcessInfo> {
  const table = new Map<number, ProcessInfo>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const stat = readStat(pid);
    if (stat) table.set(pid, { pid, memoryBytes: 0, ...stat });
  }
  return table;
}

/** `R`, `S`, `T` (stopped), … as `ps` has them; undefined when the process is gone. */
export function readProcessState(pid: number): string | undefined {
  return readStatFields(pid)?.[0];
}

/** Undefined when the process is gone. */
export function readStat(pid: number): Pick<ProcessInfo, 'group' | 'cpuMs' | 'startTime'> | undefined {
  const fields = readStatFields(pid);
  if (!fields) return undefined;
  const ticks = Number(fields[11]) + Number(fields[12]);
  return { group: Number(fields[2]), cpuMs: (ticks * 1000) / ticksPerSecond, startTime: fields[19] ?? '' };
}

/** From the third field on. */
function readStatFields(pid: number): string[] | undefined {
  try {
    const text = readLine(`/proc/${pid}/stat`);
    // The name in parentheses may hold spaces and parentheses of its own.
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** Longer than the one line of any `stat`. */
const lineBuffer = Buffer.alloc(4096);

/** This is most of what an idle engine does: no question after the file's size, and no buffer of its own. */
function readLine(file: string): string {
  const fd = openSync(file, 'r');
  try {
    return lineBuffer.toString('latin1', 0, readSync(fd, lineBuffer, 0, lineBuffer.length, null));
  } finally {
    closeSync(fd);
  }
}

/**
 * The memory of a process that a container's limit is held against: anonymous and shared pages. Shared file pages, such
 * as the Node binary, are hardly charged to a single container's cgroup either.
 */
export function readMemoryBytes(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'latin1');
    return (kilobytes(text, 'RssAnon:') + kilobytes(text, 'RssShmem:')) * 1024;
  } catch {
    return 0;
  }
}

/** Whether the process has a handler for a signal; true where nobody can tell. */
export function handlesSignal(pid: number, signal: number): boolean {
  try {
    const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return caught === undefined || ((BigInt(`0x${caught}`) >> BigInt(signal - 1)) & 1n) === 1n;
  } catch {
    return true;
  }
}

function kilobytes(text: string, field: string): number {
  const at = text.indexOf(field);
  return at < 0 ? 0 : Number.parseInt(text.slice(at + field.length), 10) || 0;
}

/** The same facts where there is no /proc. Differs: resident memory, which counts shared file pages too. */
export function readProcessTableWithPs(): Promise<Map<number, ProcessInfo>> {
  return new Promise((resolve) => {
    execFile('ps', ['-axo', 'pid=,pgid=,rss=,time=,lstart='], { timeout: 2000, maxBuffer: 1 << 22 }, (_error, text) => {
      const table = new Map<number, ProcessInfo>();
      for (const line of text.split('\n')) {
        const [pid, group, rss, time = '', ...start] = line.trim().split(/\s+/);
        if (!pid) continue;
        table.set(Number(pid), {
          pid: Number(pid),
          group: Number(group),
          memoryBytes: Number(rss) * 1024,
          cpuMs: psTimeMs(time),
          startTime: start.join(' '),
        });
      }
      resolve(table);
    });
  });
}

/** Reads `[[dd-]hh:]mm:ss[.cc]`. */
function psTimeMs(text: string): number {
  const [clock = '', days = '0'] = text.split('-').toReversed();
  return clock.split(':').reduce((total, part) => total * 60 + Number(part), Number(days) * 24) * 1000;
}
