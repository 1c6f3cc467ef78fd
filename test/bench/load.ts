import { Pool } from 'undici';

/** Where orders go, and what they say. */
export interface Entrance {
  url: string;
  path: string;
}

export interface LoadResult {
  /** How long each answer took, in milliseconds. */
  latenciesMs: number[];
  /** Answers other than 2xx, and no answer at all. */
  failures: number;
  tookMs: number;
}

const order = JSON.stringify({ item: 'laptop', quantity: 1 });
const answerMs = 5_000;
const maxInFlight = 64;

/** A steady stream: the next request leaves when its time has come, whether or not the last was answered. */
export async function steady(
  { url, path }: Entrance,
  { perSecond, count, signal }: { perSecond: number; count: number; signal: AbortSignal },
): Promise<LoadResult> {
  await using pool = openPool(url, maxInFlight);
  const result = emptyResult();
  const begunAt = performance.now();
  const flights: Promise<void>[] = [];
  for (let index = 0; index < count && !signal.aborted; index++) {
    const waitMs = begunAt + (index * 1000) / perSecond - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    flights.push(place(pool.pool, path, result));
  }
  await Promise.all(flights);
  signal.throwIfAborted();
  return { ...result, tookMs: performance.now() - begunAt };
}

/** As many as go: each connection sends its next request when the last was answered. */
export async function saturate(
  { url, path }: Entrance,
  { connections, forMs, signal }: { connections: number; forMs: number; signal: AbortSignal },
): Promise<LoadResult> {
  await using pool = openPool(url, connections);
  const result = emptyResult();
  const begunAt = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() - begunAt < forMs && !signal.aborted) await place(pool.pool, path, result);
    }),
  );
  signal.throwIfAborted();
  return { ...result, tookMs: performance.now() - begunAt };
}

function emptyResult(): Omit<LoadResult, 'tookMs'> {
  return { latenciesMs: [], failures: 0 };
}

function openPool(url: string, connections: number): AsyncDisposable & { pool: Pool } {
  const pool = new Pool(url, { connections, pipelining: 1, headersTimeout: answerMs, bodyTimeout: answerMs });
  return { pool, [Symbol.asyncDispose]: () => pool.destroy() };
}

async function place(pool: Pool, path: string, result: Omit<LoadResult, 'tookMs'>): Promise<void> {
  const begunAt = performance.now();
  try {
    const answer = await pool.request({
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json' },
      body: order,
    });
    await answer.body.dump();
    if (answer.statusCode >= 300) result.failures++;
    else result.latenciesMs.push(performance.now() - begunAt);
  } catch {
    result.failures++;
  }
}
