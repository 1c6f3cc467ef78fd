import { existsSync } from 'node:fs';
import { setInterval } from 'node:timers/promises';
import { inspect } from 'node:util';
import { systemClock, toTimestamp } from '../../lib/clock.ts';
import { hasMessage } from './daemon-messages.ts';

/** Goes to `logs/engine.log`, which is the standard error of an engine's process. */
export function log(message: string, error?: unknown): void {
  const why = error === undefined ? '' : inspect(error);
  process.stderr.write(`${toTimestamp(systemClock.now())} ${message} ${why}\n`);
}

/** A mistake of ours in one corner must not end a trainee's incident; the log tells of it. */
export function outliveMistakes(): void {
  process.on('uncaughtException', (error) => log('uncaught', error));
  process.on('unhandledRejection', (error) => log('unhandled rejection', error));
}

export function endOnSignals(ending: AbortController): void {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => ending.abort(new Error(`ended by ${signal}`)));
  }
}

/** Until the lab is handed over the starting command holds the channel open: without either, nobody owns this engine. */
export function endWithoutParent(ending: AbortController): void {
  let handedOver = false;
  process.on('message', (message) => {
    if (hasMessage(message, 'handed-over')) handedOver = true;
  });
  process.on('disconnect', () => {
    if (!handedOver) ending.abort(new Error('the command that started the engine is gone'));
  });
}

/** Calls `look` again and again until the process is to end, and ends it when `file` was taken away. */
export async function whileFileExists(
  file: string,
  everyMs: number,
  ending: AbortController,
  look: () => Promise<void>,
): Promise<void> {
  for await (const _ of untilAborted(everyMs, ending.signal)) {
    // A local file: to ask in place takes a tenth of what a thread of Node's pool would.
    if (!existsSync(file)) {
      ending.abort(new Error('the folder of the lab is gone'));
      return;
    }
    await look();
  }
}

async function* untilAborted(everyMs: number, signal: AbortSignal): AsyncGenerator<void> {
  try {
    for await (const _ of setInterval(everyMs, undefined, { signal })) yield;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
