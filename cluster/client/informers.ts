import type { KubeObject } from '../objects/types.ts';
import type { Clock } from '../../lib/clock.ts';
import { sleep } from '../../lib/clock.ts';
import { isStatusError } from '../objects/status-error.ts';
import type { Client, ResourceRef } from './client.ts';
import { keyOf } from './controller.ts';
import type { Change, Informer, Informers } from './informer.ts';

export interface InformersOptions {
  client: Client;
  clock: Clock;
  /** Ends all lists and watches. */
  signal: AbortSignal;
  /** Told of failures that are retried, and of handlers that throw. */
  onError?: (error: unknown) => void;
}

const firstBackoffMs = 100;
const longestBackoffMs = 30_000;

/** Informers that start when first asked for and run until the signal aborts. */
export function createInformers(options: InformersOptions): Informers {
  const running = new Map<string, Informer<KubeObject>>();
  return {
    for<T extends KubeObject>(ref: ResourceRef<T>) {
      const id = `${ref.resource}.${ref.version}.${ref.group}`;
      const informer = running.get(id) ?? startInformer(ref, options);
      running.set(id, informer);
      // The map forgets T; the reference that made the entry restores it.
      return informer as unknown as Informer<T>;
    },
  };
}

function startInformer(ref: ResourceRef, options: InformersOptions): Informer<KubeObject> {
  const cache = createCache(options.onError ?? (() => {}));
  void keepFresh(ref, cache, options);
  return cache.informer;
}

/** Lists, then watches from there; whatever ends the watch (410, a lost stream) leads back to the list. */
async function keepFresh(
  ref: ResourceRef,
  cache: Cache,
  { client, clock, signal, onError }: InformersOptions,
): Promise<void> {
  let backoffMs = firstBackoffMs;
  while (!signal.aborted) {
    try {
      const { items, resourceVersion } = await client.list(ref);
      cache.replace(items);
      backoffMs = firstBackoffMs;
      for await (const { type, object } of client.watch(ref, { resourceVersion, signal })) {
        if (type === 'DELETED') cache.remove(object);
        else if (type !== 'BOOKMARK') cache.put(object);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!isStatusError(error, 'Expired')) onError?.(error);
    }
    try {
      await sleep(clock, backoffMs, signal);
    } catch {
      return;
    }
    backoffMs = Math.min(backoffMs * 2, longestBackoffMs);
  }
}

interface Cache {
  informer: Informer<KubeObject>;
  replace(objects: readonly KubeObject[]): void;
  put(object: KubeObject): void;
  remove(object: KubeObject): void;
}

function createCache(onError: (error: unknown) => void): Cache {
  const objects = new Map<string, KubeObject>();
  const handlers = new Set<(change: Change<KubeObject>) => void>();
  let listed: readonly KubeObject[] | undefined;
  const { promise: synced, resolve: markSynced } = Promise.withResolvers<void>();

  const tell = (handler: (change: Change<KubeObject>) => void, change: Change<KubeObject>) => {
    try {
      handler(change);
    } catch (error) {
      onError(error);
    }
  };
  const tellAll = (change: Change<KubeObject>) => {
    listed = undefined;
    for (const handler of handlers) tell(handler, change);
  };

  const put = (object: KubeObject) => {
    const key = keyOf(object);
    const old = objects.get(key);
    if (old?.metadata.resourceVersion === object.metadata.resourceVersion) return;
    objects.set(key, object);
    tellAll(old ? { type: 'updated', object, old } : { type: 'added', object });
  };
  const remove = (object: KubeObject) => {
    if (objects.delete(keyOf(object))) tellAll({ type: 'deleted', object });
  };

  return {
    put,
    remove,
    replace(current) {
      const keys = new Set(current.map(keyOf));
      for (const [key, object] of objects) if (!keys.has(key)) remove(object);
      for (const object of current) put(object);
      markSynced();
    },
    informer: {
      synced,
      get: (key) => objects.get(key),
      list: () => (listed ??= [...objects.values()]),
      subscribe(handler) {
        handlers.add(handler);
        for (const object of objects.values()) tell(handler, { type: 'added', object });
        return () => void handlers.delete(handler);
      },
    },
  };
}
