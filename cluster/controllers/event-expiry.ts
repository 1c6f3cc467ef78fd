/**
 * Event expiry: events live for an hour, and no more than a bounded number of them.
 *
 * Differs: in Kubernetes the store's leases do this, and there is no bound.
 */
import type { Controller } from '../client/controller.ts';
import { events } from '../client/resources.ts';
import { isStatusError } from '../objects/status-error.ts';
import type { Event } from '../objects/types.ts';
import type { ControllerContext } from './context.ts';

const lifetimeMs = 60 * 60_000;
const maxEvents = 5_000;
/** All events are looked through at once, and no oftener than this. */
const sweepEveryMs = 10_000;
const SWEEP = 'sweep';

export function createEventExpiryController({ client, informers, clock }: ControllerContext): Controller {
  const eventInformer = informers.for(events);
  let sweptAtMs = Number.NEGATIVE_INFINITY;

  async function reconcile(): Promise<{ requeueAfterMs: number } | void> {
    const waitMs = sweptAtMs + sweepEveryMs - clock.now();
    if (waitMs > 0) return { requeueAfterMs: waitMs };
    sweptAtMs = clock.now();
    const { expired, nextMs } = planExpiry(eventInformer.list(), clock.now());
    for (const { metadata } of expired) await remove(metadata);
    return nextMs === undefined ? undefined : { requeueAfterMs: nextMs };
  }

  async function remove({ name = '', namespace, uid }: Event['metadata']): Promise<void> {
    try {
      await client.delete(events, name, { namespace, uid });
    } catch (error) {
      // Counted up or gone meanwhile: either way it is no longer the event that expired.
      if (!isStatusError(error, 'NotFound') && !isStatusError(error, 'Conflict')) throw error;
    }
  }

  return { name: 'event-expiry', watches: [{ informer: eventInformer, keysOf: () => [SWEEP] }], reconcile };
}

/** The events to delete, and the milliseconds until the next one expires. */
export function planExpiry(
  all: readonly Event[],
  nowMs: number,
  { lifetimeMs: lifetime = lifetimeMs, maxEvents: max = maxEvents } = {},
): { expired: Event[]; nextMs?: number } {
  const oldestFirst = all.map((event) => ({ event, atMs: lastSeenMs(event) })).toSorted((a, b) => a.atMs - b.atMs);
  const surplus = Math.max(0, oldestFirst.length - max);
  const isExpired = ({ atMs }: { atMs: number }, index: number) => index < surplus || nowMs - atMs >= lifetime;
  const next = oldestFirst.find((entry, index) => !isExpired(entry, index));
  return {
    expired: oldestFirst.filter(isExpired).map(({ event }) => event),
    ...(next ? { nextMs: next.atMs + lifetime - nowMs } : {}),
  };
}

function lastSeenMs({ lastTimestamp, eventTime, metadata }: Event): number {
  return Date.parse(lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '') || 0;
}
