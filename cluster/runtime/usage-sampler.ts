import type { Clock, Timer } from '../../lib/clock.ts';
import { CpuTime } from './cpu-time.ts';
import { readMemoryBytes, readProcessTable, readProcessTableWithPs, readStat } from './process-table.ts';

/** A container as the sampler sees it: the process groups that belong to it, and its limit. */
export interface Sampled {
  groups: ReadonlySet<number>;
  memoryLimitBytes?: number;
  /** Called once for each look that finds the container over its limit. */
  onOverLimit(): void;
  /** Called at each look with the processor time used so far. */
  onLook?(cpuMs: number): void;
}

export interface Usage {
  cpuMs: number;
  workingSetBytes: number;
}

const procPeriodMs = 100;
/** Looking for new children means reading all of /proc, so it is done less often. */
const looksPerScan = 10;
const psPeriodMs = 300;

/**
 * Watches processor time and memory of all containers with one timer.
 * Differs: a container's memory is polled, so it can pass its limit by what it allocates in a tenth of a second.
 */
export class UsageSampler {
  readonly #clock: Clock;
  readonly #members = new Map<Sampled, Set<number>>();
  readonly #usage = new Map<Sampled, Usage>();
  readonly #cpuTimes = new Map<Sampled, CpuTime>();
  #timer: Timer | undefined;
  #looks = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Starts watching a container whose first process is `pid`; returns the function that ends it. */
  add(sampled: Sampled, pid: number): () => void {
    this.#members.set(sampled, new Set([pid]));
    this.#cpuTimes.set(sampled, new CpuTime());
    this.#timer ??= this.#schedule();
    return () => {
      this.#members.delete(sampled);
      this.#usage.delete(sampled);
      this.#cpuTimes.delete(sampled);
      if (this.#members.size > 0) return;
      this.#timer?.cancel();
      this.#timer = undefined;
    };
  }

  usage(sampled: Sampled): Usage {
    return this.#usage.get(sampled) ?? { cpuMs: 0, workingSetBytes: 0 };
  }

  /** Processor time used up to now. Where there is no /proc: up to the last look. */
  cpuMs(sampled: Sampled): number {
    const time = this.#cpuTimes.get(sampled);
    if (!time) return 0;
    for (const pid of process.platform === 'linux' ? (this.#members.get(sampled) ?? []) : []) {
      const stat = readStat(pid);
      if (stat && sampled.groups.has(stat.group)) time.note(pid, stat.cpuMs);
    }
    return time.totalMs;
  }

  #schedule(): Timer {
    const onLinux = process.platform === 'linux';
    return this.#clock.setTimeout(
      () => {
        if (onLinux) this.#lookAtProc();
        else void this.#lookWithPs();
        if (onLinux) this.#timer = this.#members.size > 0 ? this.#schedule() : undefined;
      },
      onLinux ? procPeriodMs : psPeriodMs,
    );
  }

  #lookAtProc(): void {
    if (this.#looks++ % looksPerScan === 0) {
      const table = readProcessTable();
      for (const [sampled, pids] of this.#members) {
        for (const info of table.values()) if (sampled.groups.has(info.group)) pids.add(info.pid);
      }
    }
    for (const [sampled, pids] of this.#members) {
      let workingSetBytes = 0;
      for (const pid of pids) {
        const stat = readStat(pid);
        if (!stat || !sampled.groups.has(stat.group)) {
          pids.delete(pid);
          this.#cpuTimes.get(sampled)?.end(pid);
          continue;
        }
        this.#cpuTimes.get(sampled)?.note(pid, stat.cpuMs);
        workingSetBytes += readMemoryBytes(pid);
      }
      this.#note(sampled, workingSetBytes);
    }
  }

  async #lookWithPs(): Promise<void> {
    const table = await readProcessTableWithPs();
    for (const sampled of this.#members.keys()) {
      const infos = [...table.values()].filter((info) => sampled.groups.has(info.group));
      const time = this.#cpuTimes.get(sampled);
      for (const info of infos) time?.note(info.pid, info.cpuMs);
      time?.endAllBut(new Set(infos.map(({ pid }) => pid)));
      this.#note(
        sampled,
        infos.reduce((total, info) => total + info.memoryBytes, 0),
      );
    }
    this.#timer = this.#members.size > 0 ? this.#schedule() : undefined;
  }

  #note(sampled: Sampled, workingSetBytes: number): void {
    const cpuMs = this.#cpuTimes.get(sampled)?.totalMs ?? 0;
    this.#usage.set(sampled, { cpuMs, workingSetBytes });
    if (sampled.memoryLimitBytes !== undefined && workingSetBytes > sampled.memoryLimitBytes) sampled.onOverLimit();
    sampled.onLook?.(cpuMs);
  }
}
