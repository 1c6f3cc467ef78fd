import type { KubeObject } from '../objects/types.ts';

export interface EventNote {
  about: KubeObject;
  /** The part that is meant, `spec.containers{app}`. */
  fieldPath?: string;
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
}

/** What becomes of a noted event: a new object, one more count on an earlier one, or nothing. */
export interface Correlated {
  seriesKey: string;
  message: string;
  count: number;
  /** The event object that is counted up; undefined for the first of a series. */
  name?: string;
  skip: boolean;
}

export interface EventCorrelator {
  correlate(note: EventNote, atMs: number): Correlated;
  /** Tells under which name the first event of a series was stored. */
  written(seriesKey: string, name: string): void;
}

/** As many different messages for one reason are written; from here on they share one event. */
const maxSimilar = 10;
const similarWindowMs = 10 * 60_000;
/** One series may cause this many writes at once, and one more every five minutes; a recorded pod had 53 in that time. */
const spamBurst = 25;
const spamRefillMs = 5 * 60_000;
const maxRemembered = 4096;

/** Keeps a crash loop from filling the store, by the rules of Kubernetes' own recorders. */
export function createEventCorrelator(): EventCorrelator {
  const similar = new RecentMap<{ messages: Set<string>; lastMs: number }>();
  const series = new RecentMap<{ count: number; name?: string }>();
  const tokens = new RecentMap<{ left: number; atMs: number }>();

  function aggregate(note: EventNote, objectKey: string, atMs: number): { seriesKey: string; message: string } {
    const groupKey = `${objectKey}/${note.type}/${note.reason}`;
    const group = similar.get(groupKey) ?? { messages: new Set(), lastMs: atMs };
    if (atMs - group.lastMs > similarWindowMs) group.messages.clear();
    group.lastMs = atMs;
    group.messages.add(note.message);
    similar.set(groupKey, group);
    if (group.messages.size < maxSimilar) {
      return { seriesKey: `${groupKey}/${note.fieldPath ?? ''}/${note.message}`, message: note.message };
    }
    const [oldest = ''] = group.messages;
    group.messages.delete(oldest);
    return { seriesKey: groupKey, message: `(combined from similar events): ${note.message}` };
  }

  function takeToken(seriesKey: string, atMs: number): boolean {
    const bucket = tokens.get(seriesKey) ?? { left: spamBurst, atMs };
    const left = Math.min(spamBurst, bucket.left + (atMs - bucket.atMs) / spamRefillMs);
    tokens.set(seriesKey, { left: left >= 1 ? left - 1 : left, atMs });
    return left >= 1;
  }

  return {
    correlate(note, atMs) {
      const { kind, metadata } = note.about;
      const objectKey = `${kind}/${metadata.namespace ?? ''}/${metadata.name}/${metadata.uid}`;
      const { seriesKey, message } = aggregate(note, objectKey, atMs);
      const last = series.get(seriesKey);
      const count = (last?.count ?? 0) + 1;
      series.set(seriesKey, { count, name: last?.name });
      return { seriesKey, message, count, name: last?.name, skip: !takeToken(seriesKey, atMs) };
    },
    written(seriesKey, name) {
      const entry = series.get(seriesKey);
      if (entry) entry.name = name;
    },
  };
}

/** A map that forgets what was used longest ago. */
class RecentMap<Value> {
  readonly #entries = new Map<string, Value>();

  get(key: string): Value | undefined {
    const value = this.#entries.get(key);
    if (value !== undefined) this.set(key, value);
    return value;
  }

  set(key: string, value: Value): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= maxRemembered) return;
    const [oldest] = this.#entries.keys();
    this.#entries.delete(oldest as string);
  }
}
