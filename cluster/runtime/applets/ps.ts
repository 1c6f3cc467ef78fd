import { readFileSync, readdirSync } from 'node:fs';
import os from 'node:os';
import { fail } from './fail.ts';

// Differs: the numbers are the machine's, and only Linux can tell which processes belong to this pod.
if (process.platform !== 'linux') fail('ps: cannot see the processes of a container on this platform', 1);

process.stdout.write('PID   USER     TIME  COMMAND\n');
for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
  const environment = read(pid, 'environ').split('\0');
  if (!environment.includes(`KUBELET_POD=${process.env.KUBELET_POD}`)) continue;
  const command = read(pid, 'cmdline').replaceAll('\0', ' ').trim();
  process.stdout.write(`${pid.padStart(5)} ${os.userInfo().username.padEnd(8)} ${cpuTime(pid)} ${command}\n`);
}

function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    // Ended in the meantime, or another user's.
    return '';
  }
}

/** `h:mm` of processor time; the clock of /proc ticks a hundred times a second. */
function cpuTime(pid: string): string {
  const fields = read(pid, 'stat').split(') ')[1]?.split(' ') ?? [];
  const minutes = Math.floor((Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / 6000);
  return `${String(Math.floor(minutes / 60)).padStart(3)}:${String(minutes % 60).padStart(2, '0')}`;
}
