import type { Clock, Timer } from '../../lib/clock.ts';
import { type CpuAccount, decideCpu, openAccount, periodMs, resume, settle } from './cpu-quota.ts';
import { signalGroup } from './leftovers.ts';

/** What the kernel reports of a cgroup as `nr_throttled` and `throttled_usec`. */
export interface Throttled {
  periods: number;
  ms: number;
}

export interface CpuThrottleOptions {
  clock: Clock;
  limitMillis: number;
  /** The process groups of the container. */
  groups: ReadonlySet<number>;
  /** Processor time used so far, as of now. */
  cpuMs: () => number;
}

/**
 * Holds a container to its CPU limit by stopping its processes for parts of a period. A container that stays under its
 * limit never gets a signal and costs no look of its own: whoever samples it anyway calls `note`.
 * Differs: the kernel stops a cgroup at the microsecond; here a burst from rest is noticed up to a tenth of a second
 * later and paid for afterwards. On Windows nothing is stopped.
 */
export class CpuThrottle implements Disposable {
  readonly #options: CpuThrottleOptions;
  #account: CpuAccount;
  #timer: Timer | undefined;
  #stoppedAtMs: number | undefined;
  #throttled: Throttled = { periods: 0, ms: 0 };

  constructor(options: CpuThrottleOptions) {
    this.#options = options;
    this.#account = openAccount(options.clock.now());
  }

  get throttled(): Throttled {
    return this.#throttled;
  }

  /** The container was sampled. */
  note(cpuMs: number): void {
    if (this.#stoppedAtMs === undefined && !this.#timer) this.#look(cpuMs);
  }

  /** Lets a stopped container go on at once, so that it can take a signal. */
  release(): void {
    if (this.#stoppedAtMs === undefined) return;
    this.#timer?.cancel();
    this.#resume();
  }

  [Symbol.dispose](): void {
    this.release();
    this.#timer?.cancel();
  }

  #look(cpuMs: number): void {
    const { clock, limitMillis } = this.#options;
    this.#timer = undefined;
    this.#account = settle(this.#account, limitMillis, { atMs: clock.now(), cpuMs });
    const decision = decideCpu(this.#account, limitMillis);
    if (decision.kind === 'stop') this.#stop(decision.forMs);
    else if (decision.lookInMs !== undefined) {
      this.#timer = clock.setTimeout(() => this.#look(this.#options.cpuMs()), decision.lookInMs);
    }
  }

  #stop(forMs: number): void {
    const { clock, groups } = this.#options;
    for (const group of groups) signalGroup(group, 'SIGSTOP');
    this.#stoppedAtMs = clock.now();
    this.#timer = clock.setTimeout(() => {
      this.#resume();
      this.#look(this.#options.cpuMs());
    }, forMs);
  }

  #resume(): void {
    const { clock, groups, limitMillis } = this.#options;
    for (const group of groups) signalGroup(group, 'SIGCONT');
    const stoodMs = clock.now() - (this.#stoppedAtMs ?? clock.now());
    this.#stoppedAtMs = undefined;
    this.#timer = undefined;
    const { periods, ms } = this.#throttled;
    this.#throttled = { periods: periods + Math.max(1, Math.round(stoodMs / periodMs)), ms: ms + stoodMs };
    this.#account = resume(this.#account, limitMillis);
  }
}
