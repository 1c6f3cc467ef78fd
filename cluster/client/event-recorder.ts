import type { Event, KubeObject } from '../objects/types.ts';
import type { Clock } from '../../lib/clock.ts';
import { toTimestamp } from '../../lib/clock.ts';
import { isStatusError } from '../objects/status-error.ts';
import type { Client } from './client.ts';
import { createEventCorrelator, type EventNote } from './event-correlator.ts';
import { events } from './resources.ts';

export interface EventRecorder {
  /** Notes an event; it is written in the background, in order. Never throws; drops when 1,000 are waiting. */
  record(note: EventNote): void;
  /** Resolves when all that was recorded so far has been written or given up. */
  settled(): Promise<void>;
}

const maxWaiting = 1000;
/** So many names are tried for one event. */
const maxNames = 10;

/**
 * @param component who reports, `kubelet`; shown in the FROM column
 * @param host the node, for components that run on one
 */
export function createEventRecorder(options: {
  client: Client;
  clock: Clock;
  component: string;
  host?: string;
}): EventRecorder {
  const { client, clock, component, host } = options;
  const correlator = createEventCorrelator();
  const nextName = createEventNames();
  let waiting = 0;
  let written: Promise<void> = Promise.resolve();

  async function write(note: EventNote, atMs: number): Promise<void> {
    const { seriesKey, message, count, name, skip } = correlator.correlate(note, atMs);
    if (skip) return;
    const namespace = note.about.metadata.namespace ?? 'default';
    if (name) {
      try {
        await client.patch(events, name, { count, message, lastTimestamp: toTimestamp(atMs) }, { namespace });
        return;
      } catch (error) {
        // The earlier event has expired: the series goes on in a new one.
        if (!isStatusError(error, 'NotFound')) throw error;
      }
    }
    const event = toEvent(note, { atMs, message, count, component, host });
    correlator.written(seriesKey, await createNamed({ ...event, metadata: { namespace } }, note.about, atMs));
  }

  async function createNamed(event: Event, about: KubeObject, atMs: number): Promise<string> {
    for (let attempt = 1; ; attempt++) {
      const name = nextName(about, atMs);
      try {
        await client.create(events, { ...event, metadata: { ...event.metadata, name } });
        return name;
      } catch (error) {
        // Another component spoke of the same object in the same millisecond: the name is taken, the next one may be free.
        if (!isStatusError(error, 'AlreadyExists') || attempt === maxNames) throw error;
      }
    }
  }

  return {
    record(note) {
      if (waiting >= maxWaiting) return;
      waiting++;
      const atMs = clock.now();
      written = written
        .then(() => write(note, atMs))
        // An event that cannot be written (its namespace is going, the server stops) is lost, as in Kubernetes.
        .catch(() => {})
        .finally(() => waiting--);
    },
    settled: () => written,
  };
}

function toEvent(
  { about, fieldPath, type, reason }: EventNote,
  facts: { atMs: number; message: string; count: number; component: string; host?: string },
): Event {
  const { name, namespace, uid, resourceVersion } = about.metadata;
  const timestamp = toTimestamp(facts.atMs);
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {},
    involvedObject: {
      apiVersion: about.apiVersion,
      ...(fieldPath ? { fieldPath } : {}),
      kind: about.kind,
      name,
      ...(namespace ? { namespace } : {}),
      ...(resourceVersion ? { resourceVersion } : {}),
      uid,
    },
    reason,
    message: facts.message,
    source: { component: facts.component, ...(facts.host ? { host: facts.host } : {}) },
    firstTimestamp: timestamp,
    lastTimestamp: timestamp,
    count: facts.count,
    type,
    reportingComponent: facts.component,
    reportingInstance: facts.host ?? '',
  };
}

/** `web-1.18a2b3…`: names rise with time, so that a list by name is a list by time. */
function createEventNames(): (about: KubeObject, atMs: number) => string {
  let last = 0n;
  return (about, atMs) => {
    const nanoseconds = BigInt(atMs) * 1_000_000n;
    last = nanoseconds > last ? nanoseconds : last + 1n;
    return `${about.metadata.name}.${last.toString(16)}`;
  };
}
