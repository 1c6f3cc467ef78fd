import { closeSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../../lib/clock.ts';
import { limits } from './limits.ts';

/**
 * The log of one run of a container: a file of lines `<time> <stream> F <text>`, as the kubelet keeps them.
 * Lines reach the file in the turn of the event loop in which they came, before any follower hears of them.
 */
export class ContainerLog {
  readonly file: string;
  readonly #clock: Clock;
  readonly #maxBytes: number;
  #fd: number | undefined;
  #size = 0;
  #pending: string[] = [];
  #lastMs = 0;
  #sequence = 0;
  #version = 0;
  #generation = 0;
  readonly #waiting = new Set<() => void>();

  constructor(file: string, clock: Clock, maxBytes: number = limits.logFileBytes) {
    this.file = file;
    this.#clock = clock;
    this.#maxBytes = maxBytes;
    mkdirSync(dirname(file), { recursive: true });
    this.#fd = openSync(file, 'a');
  }

  /** Rises with every write, so that a reader can tell whether there is more since it looked. */
  get version(): number {
    return this.#version;
  }

  /** Rises when the file was rotated away and a new one begun. */
  get generation(): number {
    return this.#generation;
  }

  get isOpen(): boolean {
    return this.#fd !== undefined;
  }

  append(stream: 'stdout' | 'stderr', line: string): void {
    if (this.#pending.length === 0) queueMicrotask(() => this.flush());
    this.#pending.push(`${this.#stamp()} ${stream} F ${line}\n`);
  }

  flush(): void {
    if (this.#pending.length === 0 || this.#fd === undefined) return;
    const block = Buffer.from(this.#pending.join(''));
    this.#pending = [];
    try {
      this.#size += writeSync(this.#fd, block);
      if (this.#size >= this.#maxBytes) this.#rotate();
    } catch {
      // A full disk must not end the container: its lines are lost, as on a real node.
    }
    this.#notify();
  }

  close(): void {
    this.flush();
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    this.#notify();
  }

  /** Resolves when there is more than at `version`, the log was closed, or `signal` aborts. */
  changedSince(version: number, signal: AbortSignal): Promise<void> {
    if (this.#version > version || !this.isOpen || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const resume = () => {
        this.#waiting.delete(resume);
        signal.removeEventListener('abort', resume);
        resolve();
      };
      this.#waiting.add(resume);
      signal.addEventListener('abort', resume, { once: true });
    });
  }

  #notify(): void {
    this.#version++;
    for (const resume of this.#waiting) resume();
  }

  #rotate(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    renameSync(this.file, `${this.file}.1`);
    this.#fd = openSync(this.file, 'a');
    this.#size = 0;
    this.#generation++;
  }

  /** Differs: the clock has milliseconds; the digits below keep lines of the same one in order. */
  #stamp(): string {
    const nowMs = this.#clock.now();
    this.#sequence = nowMs === this.#lastMs ? Math.min(this.#sequence + 1, 999_999) : 0;
    this.#lastMs = nowMs;
    return `${new Date(nowMs).toISOString().slice(0, -1)}${String(this.#sequence).padStart(6, '0')}Z`;
  }
}
