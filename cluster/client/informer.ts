import type { KubeObject } from '../objects/types.ts';
import type { ResourceRef } from './client.ts';

export type Change<T extends KubeObject> =
  | { type: 'added'; object: T }
  | { type: 'updated'; object: T; old: T }
  | { type: 'deleted'; object: T };

/** A local copy of one resource, kept fresh by list and watch. Objects in it are shared: never change them. */
export interface Informer<T extends KubeObject> {
  /** Resolves after the first complete list. */
  readonly synced: Promise<void>;
  /** `namespace/name`, or `name` for cluster-scoped kinds. */
  get(key: string): T | undefined;
  list(): readonly T[];
  /** Calls `handler` for every object there is and for every change from now on. Returns the unsubscriber. */
  subscribe(handler: (change: Change<T>) => void): () => void;
}

/** One informer for each resource, shared by all who ask. */
export interface Informers {
  for<T extends KubeObject>(ref: ResourceRef<T>): Informer<T>;
}
