import { existsSync, rmSync } from 'node:fs';
import type { Clock } from '../../lib/clock.ts';
import { ContainerLog } from './container-log.ts';
import type { ContainerRecord } from './container-record.ts';
import { logFileOf } from './pod-ground.ts';

/** The logs of a pod's containers: of each the latest run and the one before. */
export class PodLogs {
  readonly #byContainer = new Map<string, Map<string, ContainerLog>>();

  /** @param id of the run, as in `containerID` */
  get(container: string, id: string): ContainerLog | undefined {
    return this.#byContainer.get(container)?.get(id);
  }

  /** Adds the log of a new run and removes those that are too old. */
  add({ name, endedBefore }: ContainerRecord, id: string, log: ContainerLog): void {
    const logs = this.#byContainer.get(name) ?? new Map<string, ContainerLog>();
    this.#byContainer.set(name, logs.set(id, log));
    this.keepOnly(name, id, endedBefore?.id);
  }

  /** Removes the logs of other runs: a node keeps one dead container of each name, and its log. */
  keepOnly(container: string, ...ids: readonly (string | undefined)[]): void {
    const logs = this.#byContainer.get(container) ?? new Map<string, ContainerLog>();
    for (const [old, { file }] of logs) {
      if (ids.includes(old)) continue;
      logs.delete(old);
      for (const one of [file, `${file}.1`]) rmSync(one, { force: true });
    }
  }

  /** Takes up the logs of runs that an earlier kubelet has seen end. */
  recover(records: readonly ContainerRecord[], logDir: string, clock: Clock): void {
    for (const { name, ended } of records) {
      const file = ended && logFileOf(logDir, name, ended.attempt);
      if (!file || !existsSync(file)) continue;
      const log = new ContainerLog(file, clock);
      log.close();
      this.#byContainer.set(name, new Map([[ended.id, log]]));
    }
  }

  close(): void {
    for (const logs of this.#byContainer.values()) for (const log of logs.values()) log.close();
  }
}
