/**
 * Who may go on. Work inside the process is handed around without ever waiting for the machine, so that a thousand pods
 * that all have something to do would keep the API's sockets waiting until the last is done.
 */
export interface Turns {
  /** Resolves at once while this turn of the event loop is young, else in one of the next, in the order of asking. */
  next(): Promise<void> | undefined;
}

/** After this the sockets are looked at again. */
const turnMs = 10;

export function createTurns(): Turns {
  const line: (() => void)[] = [];
  let begunAtMs: number | undefined;

  /** One at a time: what each does is not known before it is done. */
  function letOneGo(): void {
    line.shift()?.();
    if (line.length > 0) setImmediate(letOneGo);
  }

  function isYoung(): boolean {
    if (begunAtMs !== undefined) return performance.now() - begunAtMs < turnMs;
    begunAtMs = performance.now();
    setImmediate(() => {
      begunAtMs = undefined;
    });
    return true;
  }

  return {
    next() {
      if (line.length === 0 && isYoung()) return undefined;
      return new Promise((resolve) => {
        if (line.push(resolve) === 1) setImmediate(letOneGo);
      });
    },
  };
}
