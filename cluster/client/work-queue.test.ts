import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/helpers/fake-clock.ts';
import { createWorkQueue } from './work-queue.ts';

describe('the work queue', () => {
  it('hands a key that was added many times out once', async () => {
    const queue = createWorkQueue({ clock: new FakeClock() });
    for (const key of ['a', 'b', 'a', 'a']) queue.add(key);
    expect([await queue.take(), await queue.take()]).toEqual(['a', 'b']);
  });

  it('keeps a key back while it is worked on, and hands it out again afterwards', async () => {
    const queue = createWorkQueue({ clock: new FakeClock() });
    queue.add('a');
    await queue.take();
    queue.add('a');
    queue.add('b');
    expect(await queue.take()).toBe('b');
    queue.done('a');
    expect(await queue.take()).toBe('a');
  });

  it('doubles the delay with each failure in a row, up to the longest', async () => {
    const clock = new FakeClock();
    const queue = createWorkQueue({ clock, retryDelays: { firstMs: 1000, longestMs: 10_000 } });
    const delays: number[] = [];
    for (let failure = 0; failure < 6; failure++) {
      const startMs = clock.now();
      queue.retry('a');
      const taken = queue.take().then((key) => {
        delays.push(clock.now() - startMs);
        queue.done(key ?? '');
      });
      await clock.advance(10_000);
      await taken;
    }
    expect(delays).toEqual([1000, 2000, 4000, 8000, 10_000, 10_000]);
    queue.forget('a');
    queue.retry('a');
    await clock.advance(1000);
    expect(await queue.take()).toBe('a');
  });

  it('lets waiting workers go when it closes', async () => {
    const queue = createWorkQueue({ clock: new FakeClock() });
    const taken = queue.take();
    queue.close();
    expect(await taken).toBeUndefined();
    expect(await queue.take()).toBeUndefined();
  });
});
