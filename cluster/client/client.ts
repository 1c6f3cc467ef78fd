import type { KubeObject, Namespace } from '../objects/types.ts';

/** Names a resource of the API: where its objects live and what they are called. */
export interface ResourceRef<T extends KubeObject = KubeObject> {
  group: string;
  version: string;
  resource: string;
  kind: string;
  namespaced: boolean;
  /** Carries the type only; never set. */
  readonly objectType?: T;
}

export interface ListOptions {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
}

export interface DeleteOptions {
  namespace?: string;
  gracePeriodSeconds?: number;
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  /** Deletes only if the live object still has this UID. */
  uid?: string;
}

export interface PatchOptions {
  namespace?: string;
  subresource?: string;
  /** Default: `application/merge-patch+json`. */
  contentType?: string;
}

/** What a token of a service account is for; see `TokenRequest`. */
export interface TokenSpec {
  /** None: the API itself. */
  audiences: string[];
  expirationSeconds: number;
  /** The token ends with this object. */
  boundObjectRef: { apiVersion: string; kind: string; name: string; uid: string };
}

export interface WatchEvent<T extends KubeObject> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: T;
}

/**
 * What controllers, the kubelet and the network see of the API. All calls go through the API server's
 * request handler, so nobody writes around admission and validation.
 * What `get` and the writes return belongs to the caller; what `list`, `watch` and informers give is shared
 * and frozen.
 * Every method throws `StatusError` with the server's reason (NotFound, Conflict, …).
 */
export interface Client {
  get<T extends KubeObject>(ref: ResourceRef<T>, name: string, namespace?: string): Promise<T>;
  list<T extends KubeObject>(
    ref: ResourceRef<T>,
    options?: ListOptions,
  ): Promise<{ items: T[]; resourceVersion: string }>;
  create<T extends KubeObject>(ref: ResourceRef<T>, object: T): Promise<T>;
  /** Replaces the object; a stale `metadata.resourceVersion` is a Conflict. */
  update<T extends KubeObject>(ref: ResourceRef<T>, object: T): Promise<T>;
  /** Replaces a namespace's finalizers only. */
  finalize(namespace: Namespace): Promise<void>;
  /** Replaces `status` only. */
  updateStatus<T extends KubeObject>(ref: ResourceRef<T>, object: T): Promise<T>;
  patch<T extends KubeObject>(ref: ResourceRef<T>, name: string, patch: unknown, options?: PatchOptions): Promise<T>;
  delete<T extends KubeObject>(ref: ResourceRef<T>, name: string, options?: DeleteOptions): Promise<void>;
  /** Assigns a pod to a node, as the scheduler does (`pods/NAME/binding`); a pod that has a node already is a Conflict. */
  bind(name: string, namespace: string, nodeName: string): Promise<void>;
  /** A token by which programs can be the service account (`serviceaccounts/NAME/token`). */
  createToken(name: string, namespace: string, spec: TokenSpec): Promise<{ token: string; expiresAtMs: number }>;
  /** Yields changes after `resourceVersion` until `signal` aborts or the server ends the stream. */
  watch<T extends KubeObject>(
    ref: ResourceRef<T>,
    options: ListOptions & { resourceVersion: string; signal: AbortSignal },
  ): AsyncIterable<WatchEvent<T>>;
}
