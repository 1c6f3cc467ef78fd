import { type Context, context } from '@opentelemetry/api';

const maxLength = 1_000;
const maxTries = 20;
const pauseMs = 3_000;

interface Letter {
  send: () => Promise<void>;
  tries: number;
  trace: Context;
}

export interface Outbox {
  /** Keeps `send` for later tries, in the trace of the caller. False when the outbox is full. */
  keep(send: () => Promise<void>): boolean;
  readonly length: number;
  close(): void;
}

/**
 * What could not be delivered now is tried again, oldest first, one at a time with a pause after a failure.
 * Bounded in length and in tries: what falls out is reported to `onLost`. It lives in memory, a restart empties it.
 */
export function createOutbox(onLost: (error: unknown) => void): Outbox {
  const letters: Letter[] = [];
  let timer: NodeJS.Timeout | undefined;

  async function deliver(): Promise<void> {
    for (let letter = letters[0]; letter; letter = letters[0]) {
      try {
        await context.with(letter.trace, letter.send);
        letters.shift();
      } catch (error) {
        if (++letter.tries >= maxTries) {
          letters.shift();
          context.with(letter.trace, onLost, undefined, error);
        }
        break;
      }
    }
    timer = undefined;
    schedule();
  }

  function schedule(): void {
    if (letters.length > 0 && !timer) {
      timer = setTimeout(() => void deliver(), pauseMs).unref();
    }
  }

  return {
    keep(send) {
      if (letters.length >= maxLength) {
        return false;
      }
      letters.push({ send, tries: 0, trace: context.active() });
      schedule();
      return true;
    },
    get length() {
      return letters.length;
    },
    close() {
      clearTimeout(timer);
      letters.length = 0;
    },
  };
}
