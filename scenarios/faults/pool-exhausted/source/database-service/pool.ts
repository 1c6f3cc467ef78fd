export class PoolExhausted extends Error {}

export interface Pool<T> {
  /** @throws PoolExhausted when no connection came free in time, or too many wait already */
  use<R>(work: (connection: T) => R | Promise<R>): Promise<R>;
  readonly inUse: number;
  readonly waiting: number;
  close(): void;
}

/**
 * At most `size` connections, opened when first needed and lent to one user at a time. Who finds none waits in line,
 * for `maxWaitMs` and behind at most `maxWaiting` others.
 */
export function createPool<T>(options: {
  size: number;
  maxWaiting: number;
  maxWaitMs: number;
  open: () => T;
  close: (connection: T) => void;
}): Pool<T> {
  const all: T[] = [];
  const idle: T[] = [];
  const line: ((connection: T) => void)[] = [];

  function acquire(): T | Promise<T> {
    const free = idle.pop();
    if (free !== undefined) {
      return free;
    }
    if (all.length < options.size) {
      const opened = options.open();
      all.push(opened);
      return opened;
    }
    if (line.length >= options.maxWaiting) {
      throw new PoolExhausted(`all ${options.size} connections are in use and ${line.length} requests wait`);
    }
    return new Promise((resolve, reject) => {
      const receive = (connection: T) => {
        clearTimeout(timer);
        resolve(connection);
      };
      const timer = setTimeout(() => {
        line.splice(line.indexOf(receive), 1);
        reject(new PoolExhausted(`no connection of ${options.size} came free within ${options.maxWaitMs} ms`));
      }, options.maxWaitMs);
      line.push(receive);
    });
  }

  function release(connection: T): void {
    const next = line.shift();
    if (next) {
      next(connection);
    } else {
      idle.push(connection);
    }
  }

  return {
    async use(work) {
      const connection = await acquire();
      const result = await work(connection);
      release(connection);
      return result;
    },
    get inUse() {
      return all.length - idle.length;
    },
    get waiting() {
      return line.length;
    },
    close() {
      for (const connection of all) {
        options.close(connection);
      }
      all.length = 0;
      idle.length = 0;
    },
  };
}
