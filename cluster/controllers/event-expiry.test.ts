import { describe, expect, it } from 'vitest';
import type { Event } from '../objects/types.ts';
import { planExpiry } from './event-expiry.ts';

describe('events', () => {
  const event = (name: string, lastTimestamp: string): Event => {
    return { apiVersion: 'v1', kind: 'Event', metadata: { name }, involvedObject: {}, lastTimestamp };
  };
  const nowMs = Date.parse('2026-11-20T12:00:00Z');

  it('expire an hour after they were last seen', () => {
    const { expired, nextMs } = planExpiry(
      [event('old', '2026-11-20T11:00:00Z'), event('new', '2026-11-20T11:00:10Z')],
      nowMs,
    );
    expect(expired.map(({ metadata }) => metadata.name)).toEqual(['old']);
    expect(nextMs).toBe(10_000);
  });

  it('are never more than the bound; the oldest go', () => {
    const many = [3, 1, 2].map((minute) => event(`e${minute}`, `2026-11-20T11:5${minute}:00Z`));
    const { expired } = planExpiry(many, nowMs, { maxEvents: 2 });
    expect(expired.map(({ metadata }) => metadata.name)).toEqual(['e1']);
  });
});
