import type { Clock } from '../../lib/clock.ts';

/** Sleeps until its time has come or somebody calls; a call that comes too early is not lost. */
export class Alarm {
  readonly #clock: Clock;
  #isRinging = false;
  #wake: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isRinging(): boolean {
    return this.#isRinging;
  }

  ring(): void {
    this.#isRinging = true;
    this.#wake?.();
  }

  /** @param delayMs undefined: only `ring` ends the sleep */
  async sleep(delayMs: number | undefined): Promise<void> {
    if (!this.#isRinging) {
      await new Promise<void>((resolve) => {
        const timer = delayMs === undefined ? undefined : this.#clock.setTimeout(resolve, delayMs);
        this.#wake = () => {
          timer?.cancel();
          resolve();
        };
      });
    }
    this.#wake = undefined;
    this.#isRinging = false;
  }
}
