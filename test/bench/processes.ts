import { readdir, readFile } from 'node:fs/promises';

/** A process as Linux counts it. */
export interface ProcessUsage {
  /** The Deployment that the pod belongs to, or `engine`. */
  name: string;
  rssMiB: number;
  /** Without the pages of files, which others share and the system can drop. */
  anonymousMiB: number;
  /** Since it was started. */
  cpuMs: number;
}

const msPerTick = 10;

/**
 * The engine and the processes of its pods, from /proc.
 * @param enginePid the engine's process
 * @throws Error where there is no /proc
 */
export async function readUsage(enginePid: number): Promise<ProcessUsage[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(pids.map(async (pid) => ({ pid, ...parseStat(await readProc(pid, 'stat')) })));
  const chosen = stats.filter(({ pid, parent }) => parent === enginePid || pid === String(enginePid));
  const usages = await Promise.all(
    chosen.map(async ({ pid, cpuMs }) => {
      const status = await readProc(pid, 'status');
      const name = pid === String(enginePid) ? 'engine' : podOwner(await readProc(pid, 'environ'));
      return { name, cpuMs, rssMiB: field(status, 'VmRSS'), anonymousMiB: field(status, 'RssAnon') };
    }),
  );
  return usages.toSorted(
    (a, b) => Number(b.name === 'engine') - Number(a.name === 'engine') || (a.name < b.name ? -1 : 1),
  );
}

/** A process may end while it is looked at. */
function readProc(pid: string, file: string): Promise<string> {
  return readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
}

/** The name in the second field may hold blanks and brackets; what counts comes after it. */
function parseStat(text: string): { parent: number; cpuMs: number } {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { parent: Number(fields[1]), cpuMs: (Number(fields[11]) + Number(fields[12])) * msPerTick };
}

function field(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) / 1024;
}

/** A pod of a Deployment is named after it, its template and itself; what is no pod helps the engine. */
function podOwner(environment: string): string {
  const pod = /(?:^|\0)HOSTNAME=([^\0]+)/.exec(environment)?.[1];
  return pod?.replace(/-[a-z0-9]+-[a-z0-9]+$/, '') ?? 'helper of the engine';
}
