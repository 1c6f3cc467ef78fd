/** Processor time of a container's processes, by their ids. What has ended counts on, and is not remembered one by one. */
export class CpuTime {
  readonly #running = new Map<number, number>();
  #endedMs = 0;

  note(pid: number, cpuMs: number): void {
    this.#running.set(pid, cpuMs);
  }

  /** The process is gone, or no longer the container's. */
  end(pid: number): void {
    this.#endedMs += this.#running.get(pid) ?? 0;
    this.#running.delete(pid);
  }

  endAllBut(pids: ReadonlySet<number>): void {
    for (const pid of this.#running.keys()) if (!pids.has(pid)) this.end(pid);
  }

  get totalMs(): number {
    let total = this.#endedMs;
    for (const cpuMs of this.#running.values()) total += cpuMs;
    return total;
  }
}
