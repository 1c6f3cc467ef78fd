import { Pool } from 'undici';
import type { Errand } from './basket.ts';
import { createTally, type Summary } from './tally.ts';

const answerMs = 10_000;

export interface Traffic {
  /** What happened since the last call. */
  takeSummary(): Summary;
  stop(): Promise<void>;
}

/**
 * A steady stream of errands to one address. The pace does not depend on the answers, as customers' does not; but when
 * `maxInFlight` wait for theirs, new ones stay away and are counted as skipped.
 */
export function startTraffic(options: {
  url: string;
  perSecond: number;
  maxInFlight: number;
  /** In the second half of each wave nobody comes; 0 for a steady stream. */
  waveSeconds?: number;
  next: () => Errand;
}): Traffic {
  const pool = new Pool(options.url, { connections: options.maxInFlight, connect: { timeout: 2_000 } });
  let tally = createTally();
  let inFlight = 0;

  async function run(errand: Errand): Promise<void> {
    const startedMs = performance.now();
    inFlight++;
    let met = false;
    try {
      const answer = await pool.request({
        method: errand.method ?? 'POST',
        path: errand.path,
        headers: { ...(errand.body && { 'content-type': 'application/json' }), ...errand.headers },
        body: errand.body ? JSON.stringify(errand.body) : null,
        signal: AbortSignal.timeout(answerMs),
      });
      const text = errand.onAnswer && (await answer.body.text());
      await answer.body.dump();
      errand.onAnswer?.(answer.statusCode, text ?? '');
      met = answer.statusCode === errand.expected;
    } catch {
      // The shop is down, slow, or not there at all: a fact for the summary, and no reason to stop asking.
    } finally {
      inFlight--;
      tally.add(met, performance.now() - startedMs);
    }
  }

  const timer =
    options.perSecond > 0
      ? setInterval(() => {
          if (isEbb(options.waveSeconds ?? 0, Date.now())) {
            return;
          }
          if (inFlight < options.maxInFlight) {
            void run(options.next());
          } else {
            tally.skip();
          }
        }, 1000 / options.perSecond)
      : undefined;

  return {
    takeSummary() {
      const summary = tally.summary();
      tally = createTally();
      return summary;
    },
    async stop() {
      clearInterval(timer);
      await pool.destroy();
    },
  };
}

/** Whether a wave of customers is over and the next has not begun; waves begin with the clock's whole ones. */
export function isEbb(waveSeconds: number, nowMs: number): boolean {
  return waveSeconds > 0 && (nowMs / 1000) % waveSeconds >= waveSeconds / 2;
}
