import type { KubeObject } from '../objects/types.ts';
import { openJournal, type Recovered, type Stored } from './journal.ts';

/** One change, in the order in which the store made it. */
export interface StoreEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** As it is now; a deleted object carries the version of its deletion. */
  object: KubeObject;
  /** As it was before. */
  old?: KubeObject;
  revision: number;
}

/**
 * All objects of the cluster, versioned. It knows no kinds: a `resource` is any name (`pods`,
 * `deployments.apps`). Objects that go in are frozen, so what comes out may be shared.
 */
export interface Store {
  /** The version of the last change; rises by one with each, whatever the resource. */
  readonly revision: number;
  get(resource: string, namespace: string | undefined, name: string): KubeObject | undefined;
  /** In the order of namespace and name. */
  list(resource: string, namespace?: string): KubeObject[];
  /**
   * As it was when `revision` was the version of the last change.
   * @returns undefined when changes that far back are forgotten, or that version has not come yet
   */
  listAt(resource: string, namespace: string | undefined, revision: number): KubeObject[] | undefined;
  /**
   * Stores the object and gives it the next version.
   * @param expected the `resourceVersion` that must be there now, undefined when the name must be free
   * @returns undefined when the expectation does not hold
   */
  put(resource: string, object: KubeObject, expected: string | undefined): KubeObject | undefined;
  /** @returns the object with the version of its deletion, undefined when the expectation does not hold */
  delete(resource: string, object: KubeObject, expected: string): KubeObject | undefined;
  /**
   * Calls `listener` at once for each kept change after `revision`, then for each new one.
   * @returns the unsubscriber, or undefined when changes that far back are forgotten, or `revision` is of another
   *   life of the store
   */
  watch(resource: string, revision: number, listener: (event: StoreEvent) => void): (() => void) | undefined;
  /** Lets go of its files; nothing may be written any more. */
  close(): void;
}

export interface StoreOptions {
  /** How many changes of each resource a watch may go back; default 1,000. */
  historyLength?: number;
  /** Where the store outlives its process; default: nowhere. What lies there is taken up. */
  dir?: string;
  /** Told of what fails beside a write. */
  onError?: (error: unknown) => void;
}

interface Shelf {
  objects: Map<string, KubeObject>;
  history: StoreEvent[];
  /** Changes up to this version are forgotten. */
  forgotten: number;
  listeners: Set<(event: StoreEvent) => void>;
}

const emptyAndUnkept = { journal: undefined, recovered: { revision: 0, objects: [] } };

/** @throws DamagedJournalError or the file system's error when `dir` can't be taken up */
export function createStore({ historyLength = 1000, dir, onError = () => {} }: StoreOptions = {}): Store {
  const shelves = new Map<string, Shelf>();
  const { journal, recovered } = dir ? openJournal({ dir, objects: allObjects, onError }) : emptyAndUnkept;
  const firstRevision = recovered.revision;
  let revision = firstRevision;
  /** What an earlier life left of each resource, until somebody asks for the first of it. */
  const unread = Map.groupBy(recovered.objects, ({ resource }) => resource);

  function allObjects(): Stored[] {
    return [...new Set([...shelves.keys(), ...unread.keys()])].flatMap((resource) =>
      [...shelfOf(resource).objects.values()].map((object) => ({ resource, object })),
    );
  }

  function shelfOf(resource: string): Shelf {
    const existing = shelves.get(resource);
    if (existing) return existing;
    const shelf = shelfWith(unread.get(resource) ?? [], firstRevision);
    unread.delete(resource);
    shelves.set(resource, shelf);
    return shelf;
  }

  function commit(
    resource: string,
    type: StoreEvent['type'],
    next: KubeObject,
    old: KubeObject | undefined,
  ): KubeObject {
    const shelf = shelfOf(resource);
    const metadata = { ...next.metadata, resourceVersion: String(revision + 1) };
    const object = freeze({ ...next, metadata });
    journal?.append({ resource, object, ...(type === 'DELETED' ? { deleted: true } : {}) });
    revision++;
    if (type === 'DELETED') shelf.objects.delete(keyOf(object));
    else shelf.objects.set(keyOf(object), object);

    const event: StoreEvent = { type, object, revision, ...(old ? { old } : {}) };
    shelf.history.push(event);
    if (shelf.history.length > historyLength) shelf.forgotten = shelf.history.shift()?.revision ?? firstRevision;
    for (const listener of shelf.listeners) listener(event);
    return object;
  }

  return {
    get revision() {
      return revision;
    },

    get: (resource, namespace, name) => shelfOf(resource).objects.get(key(namespace, name)),

    list: (resource, namespace) => inOrder(shelfOf(resource).objects, namespace),

    listAt(resource, namespace, at) {
      const shelf = shelfOf(resource);
      return at < shelf.forgotten || at > revision ? undefined : inOrder(objectsAt(shelf, at), namespace);
    },

    put(resource, object, expected) {
      const old = shelfOf(resource).objects.get(keyOf(object));
      if (old?.metadata.resourceVersion !== expected) return undefined;
      return commit(resource, old ? 'MODIFIED' : 'ADDED', object, old);
    },

    delete(resource, object, expected) {
      const old = shelfOf(resource).objects.get(keyOf(object));
      if (!old || old.metadata.resourceVersion !== expected) return undefined;
      return commit(resource, 'DELETED', object, old);
    },

    watch(resource, since, listener) {
      const shelf = shelfOf(resource);
      if (since < shelf.forgotten || since > revision) return undefined;
      for (const event of shelf.history) if (event.revision > since) listener(event);
      shelf.listeners.add(listener);
      return () => void shelf.listeners.delete(listener);
    },

    close: () => journal?.[Symbol.dispose](),
  };
}

function shelfWith(left: readonly Recovered[], forgotten: number): Shelf {
  const objects = left.map((one) => freeze(one.read()));
  return {
    objects: new Map(objects.map((object) => [keyOf(object), object])),
    history: [],
    forgotten,
    listeners: new Set(),
  };
}

/** What lay on a shelf at an earlier version: what is there now, with each later change taken back. */
function objectsAt({ objects, history }: Shelf, revision: number): Map<string, KubeObject> {
  const then = new Map(objects);
  for (const { object, old } of history.filter((event) => event.revision > revision).toReversed()) {
    if (old) then.set(keyOf(old), old);
    else then.delete(keyOf(object));
  }
  return then;
}

function inOrder(objects: ReadonlyMap<string, KubeObject>, namespace: string | undefined): KubeObject[] {
  const entries = [...objects].filter(
    ([, object]) => namespace === undefined || object.metadata.namespace === namespace,
  );
  return entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
}

function keyOf({ metadata }: KubeObject): string {
  return key(metadata.namespace, metadata.name ?? '');
}

function key(namespace: string | undefined, name: string): string {
  return namespace ? `${namespace}/${name}` : name;
}

/** Freezes a tree; parts that are frozen already came from the store and are skipped. */
function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) freeze(part);
  return Object.freeze(value);
}
