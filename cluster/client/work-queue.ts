import type { Clock, Timer } from '../../lib/clock.ts';

/**
 * Keys waiting for work. A key is never worked on twice at the same time, and a key added many times
 * before its turn is worked on once.
 */
export interface WorkQueue {
  add(key: string): void;
  /** Adds the key after `delayMs`; an earlier pending delay of the same key wins. */
  addAfter(key: string, delayMs: number): void;
  /** Adds the key after a delay that doubles with every failure in a row. */
  retry(key: string): void;
  /** Ends the row of failures. */
  forget(key: string): void;
  /** The next key, or undefined once the queue is closed. Call `done` when the work on it has ended. */
  take(): Promise<string | undefined>;
  done(key: string): void;
  close(): void;
}

/** How long a key waits after its first failure, and at the longest after many in a row. */
export interface RetryDelays {
  firstMs: number;
  longestMs: number;
}

/** As the controllers of Kubernetes have it that ask for nothing else. */
const usualRetryDelays: RetryDelays = { firstMs: 5, longestMs: 1_000_000 };

export interface WorkQueueOptions {
  clock: Clock;
  retryDelays?: RetryDelays;
}

export function createWorkQueue({ clock, retryDelays = usualRetryDelays }: WorkQueueOptions): WorkQueue {
  const waiting = new Set<string>();
  const atWork = new Set<string>();
  /** Added while at work: due again when that work ends. */
  const again = new Set<string>();
  const failures = new Map<string, number>();
  const delayed = new Map<string, { atMs: number; timer: Timer }>();
  const takers: ((key: string | undefined) => void)[] = [];
  let closed = false;

  const handOut = () => {
    while (takers.length > 0 && waiting.size > 0) {
      const [key = ''] = waiting;
      waiting.delete(key);
      atWork.add(key);
      takers.shift()?.(key);
    }
  };

  const add = (key: string) => {
    if (closed) return;
    (atWork.has(key) ? again : waiting).add(key);
    handOut();
  };

  const addAfter = (key: string, delayMs: number) => {
    if (closed) return;
    if (delayMs <= 0) {
      add(key);
      return;
    }
    const atMs = clock.now() + delayMs;
    const pending = delayed.get(key);
    if (pending && pending.atMs <= atMs) return;
    pending?.timer.cancel();
    const timer = clock.setTimeout(() => {
      delayed.delete(key);
      add(key);
    }, delayMs);
    delayed.set(key, { atMs, timer });
  };

  return {
    add,
    addAfter,
    retry(key) {
      const count = failures.get(key) ?? 0;
      failures.set(key, count + 1);
      addAfter(key, Math.min(retryDelays.firstMs * 2 ** count, retryDelays.longestMs));
    },
    forget: (key) => void failures.delete(key),
    take() {
      if (closed) return Promise.resolve(undefined);
      return new Promise((resolve) => {
        takers.push(resolve);
        handOut();
      });
    },
    done(key) {
      atWork.delete(key);
      if (again.delete(key)) add(key);
    },
    close() {
      closed = true;
      for (const { timer } of delayed.values()) timer.cancel();
      for (const taker of takers.splice(0)) taker(undefined);
    },
  };
}
