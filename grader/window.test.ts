import { describe, expect, it } from 'vitest';
import type { Kube } from '../lib/kube/kube.ts';
import { FakeClock } from '../test/helpers/fake-clock.ts';
import { baselineOf } from './testing/fixtures.ts';
import { watchWindow, type Window } from './window.ts';

/** An engine that answers as long as the clock is outside the given time, in milliseconds from the start. */
function watch(silentFromMs: number, silentToMs: number): { clock: FakeClock; window: Promise<Window | Error> } {
  const clock = new FakeClock();
  const startMs = clock.now();
  const answer = async (): Promise<never[]> => {
    const atMs = clock.now() - startMs;
    if (atMs >= silentFromMs && atMs < silentToMs) throw new Error('connect ECONNREFUSED');
    return [];
  };
  const kube = { list: answer, request: () => answer().then(() => ({ status: 404 })) } as unknown as Kube;
  const window = watchWindow({
    kube,
    namespace: 'production',
    // Nobody listens on port 1: orders fail at once, and are not what is asked here.
    entranceUrl: 'http://127.0.0.1:1',
    baseline: baselineOf('shop'),
    clock,
    wall: clock,
    signal: new AbortController().signal,
    windowMs: 120_000,
    quick: false,
  }).catch((error: Error) => error);
  return { clock, window };
}

describe('a window', () => {
  it('ends early when the engine has gone silent for good', async () => {
    const { clock, window } = watch(20_000, Infinity);
    await clock.advance(32_000);
    expect(await window).toMatchObject({ message: 'the engine has gone silent: connect ECONNREFUSED' });
  });

  /** The whole of a window of two minutes. */
  async function wholeWindow(silentFromMs: number, silentToMs: number): Promise<Window | undefined> {
    const { clock, window } = watch(silentFromMs, silentToMs);
    const ended = window.then((seen) => ('samples' in seen ? seen : undefined));
    for (let second = 0; second < 140; second++) {
      await clock.advance(1_000);
      // Orders go over a real socket, which wants a turn of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
    }
    return ended;
  }

  it('goes on through a short silence, and notes it', async () => {
    expect(await wholeWindow(20_000, 26_000)).toMatchObject({ problem: 'connect ECONNREFUSED' });
  });

  it('places half of its orders at the end: a healthy moment is not enough', async () => {
    const { startedAtMs = 0, orders = [], problem } = (await wholeWindow(Infinity, Infinity)) ?? {};
    const seconds = orders.map(({ sentAtMs }) => Math.round((sentAtMs - startedAtMs) / 1000));
    expect(seconds).toEqual(
      [...Array(10).keys(), ...Array(10).keys()].map((at, index) => (index < 10 ? at : 110 + at)),
    );
    expect(problem).toBeUndefined();
  });
});
