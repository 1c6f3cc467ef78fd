import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/helpers/fake-clock.ts';
import { lookAfterStart } from './look-after-start.ts';

/** When a readiness probe is made of a program that listens from `listeningFromMs` on, in the first three seconds. */
async function looksAt(listeningFromMs: number): Promise<number[]> {
  const clock = new FakeClock();
  const startMs = clock.now();
  const looks: number[] = [];
  let wasRefused = false;
  const sinceStart = () => clock.now() - startMs;
  const hurry = () => {
    wasRefused = sinceStart() < listeningFromMs;
    return looks.push(sinceStart()) > 0;
  };
  const peek = () => Promise.resolve(wasRefused && sinceStart() >= listeningFromMs && hurry());
  lookAfterStart(() => ({ hurry, peek, stop: () => {} }), clock);
  await clock.advance(3_000);
  return looks;
}

describe('looks at a container that has just started', () => {
  it('come as on a real node where nobody listens', async () => {
    expect(await looksAt(Infinity)).toEqual([0, 1000, 2000]);
  });

  it('come early, not more often, as soon as somebody listens', async () => {
    expect(await looksAt(250)).toEqual([0, 300, 2000]);
    expect(await looksAt(1_400)).toEqual([0, 1000, 1600]);
  });
});
