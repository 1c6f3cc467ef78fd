import { describe, expect, it } from 'vitest';
import { createEventCorrelator, type EventNote } from './event-correlator.ts';

const note = (message: string): EventNote => ({
  about: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop', uid: 'u1' } },
  type: 'Warning',
  reason: 'FailedCreate',
  message,
});

describe('the event correlator', () => {
  it('counts equal events up on the first one', () => {
    const correlator = createEventCorrelator();
    const first = correlator.correlate(note('no'), 0);
    correlator.written(first.seriesKey, 'web.1');
    expect(first).toMatchObject({ count: 1, name: undefined, skip: false });
    expect(correlator.correlate(note('no'), 1000)).toMatchObject({ count: 2, name: 'web.1' });
  });

  it('combines the tenth different message of one reason within ten minutes', () => {
    const correlator = createEventCorrelator();
    const messages = Array.from({ length: 12 }, (_, index) => correlator.correlate(note(`no ${index}`), 0).message);
    expect(messages.slice(8)).toEqual([
      'no 8',
      '(combined from similar events): no 9',
      '(combined from similar events): no 10',
      '(combined from similar events): no 11',
    ]);
    expect(correlator.correlate(note('no 99'), 11 * 60_000).message).toBe('no 99');
  });

  it('lets one series write 25 times at once, and then once in five minutes', () => {
    const correlator = createEventCorrelator();
    const skips = Array.from({ length: 27 }, () => correlator.correlate(note('no'), 0).skip);
    expect(skips.filter((skip) => !skip)).toHaveLength(25);
    expect(correlator.correlate(note('no'), 5 * 60_000)).toMatchObject({ skip: false, count: 28 });
    expect(correlator.correlate(note('no'), 5 * 60_000).skip).toBe(true);
  });
});
