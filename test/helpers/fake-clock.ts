import type { Clock, Timer } from '../../lib/clock.ts';

interface Pending {
  at: number;
  order: number;
  callback: () => void;
}

/** A clock that stands still until told to move; timers fire in the order of their due time. */
export class FakeClock implements Clock {
  #now: number;
  #order = 0;
  readonly #pending = new Set<Pending>();

  constructor(startMs = Date.parse('2026-11-20T16:47:00Z')) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  setTimeout(callback: () => void, delayMs: number): Timer {
    const entry = { at: this.#now + Math.max(0, delayMs), order: this.#order++, callback };
    this.#pending.add(entry);
    return { cancel: () => void this.#pending.delete(entry) };
  }

  /** Moves time forward, firing what falls due and letting promises settle in between. */
  async advance(byMs: number): Promise<void> {
    const end = this.#now + byMs;
    await settle();
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#pending.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
      await settle();
    }
    this.#now = end;
    await settle();
  }

  #next(end: number): Pending | undefined {
    const due = [...this.#pending].filter((entry) => entry.at <= end);
    return due.toSorted((a, b) => a.at - b.at || a.order - b.order)[0];
  }
}

/** Lets chains of resolved promises run; a few turns of the event loop are enough for in-process work. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
