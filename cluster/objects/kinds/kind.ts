import type { KubeObject } from '../types.ts';

/** One field of an object that is wrong; `kubectl` prints it as `* field: message`. */
export interface FieldError {
  reason:
    | 'FieldValueRequired'
    | 'FieldValueInvalid'
    | 'FieldValueDuplicate'
    | 'FieldValueForbidden'
    | 'FieldValueNotSupported'
    | 'FieldValueNotFound'
    | 'FieldValueTooLong';
  /** JSON path as the API server writes it, `spec.template.spec.containers[0].image`. */
  field: string;
  message: string;
}

/** A column of `kubectl get`. `wide` columns appear only with `-o wide`. */
export interface Column<T extends KubeObject = KubeObject> {
  name: string;
  type?: 'string' | 'integer' | 'date';
  format?: 'name';
  wide?: boolean;
  /** The cell, with ages counted from `nowMs`. */
  cell(object: T, nowMs: number): string | number | boolean;
}

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';

/** What is peculiar to the end of a kind's objects. */
export interface Deletion<T extends KubeObject = KubeObject> {
  /** Why this object may never go, in the server's words. */
  refusal?(object: T): string | undefined;
  /** What whoever runs the object gets to end it; 0: nobody has to. `wantedSeconds` is what the request says. */
  graceSeconds?(object: T, wantedSeconds: number | undefined): number;
  /** Whether something beside its finalizers keeps an object that is going. */
  isHeld?(object: T): boolean;
  /** Writes what an object says from when it is going. In place; parts of it may be frozen. */
  mark?(object: T): void;
}

/** Who sends a request, where the object itself says so. */
export interface Asker {
  name: string;
  groups: readonly string[];
}

/**
 * What the server needs to know about a kind; everything else about it lives in controllers. No verb knows a kind by its
 * name: what is peculiar to one is said here.
 */
export interface KindDefinition<T extends KubeObject = KubeObject> {
  /** Empty for the core group. */
  group: string;
  version: string;
  kind: string;
  /** Plural, as in the URL: `deployments`. */
  resource: string;
  singular: string;
  shortNames?: readonly string[];
  categories?: readonly string[];
  namespaced: boolean;
  /** Said as a warning to whoever uses it. */
  deprecation?: string;
  /** All eight when left out. */
  verbs?: readonly Verb[];
  /** For a version whose objects are stored as another version: defaults, validation and columns see them so. */
  conversion?: { toStored(object: KubeObject): KubeObject; fromStored(object: KubeObject): KubeObject };
  /** What it owns stays when it is deleted by a client that does not say otherwise; kubectl always does. */
  orphansByDefault?: boolean;
  deletion?: Deletion<T>;
  /** Of `status` and `scale`; subresources that act (log, exec …) belong to the API server. */
  subresources?: readonly ('status' | 'scale')[];
  /** `metadata.generation` counts the changes of what the object wants. */
  hasGeneration?: boolean;
  /** An update of an object that is not there makes it. */
  createsOnUpdate?: boolean;
  /** An update has to say which version it was made from. */
  needsVersion?: boolean;
  /** Registers with a status; objects of all other kinds start without one. */
  startsWithStatus?: boolean;
  /** Writes what the server alone says of a new object, whatever the client sent. In place, before all else. */
  prepareForCreate?(object: T, asker: Asker): void;
  /** Takes back what no client may change in an update. In place, before all else; `live` may be frozen. */
  prepareForUpdate?(object: T, live: T): void;
  /** Fills in what the real server fills in. Changes the object in place; called on create and update, before validation. */
  defaults?(object: T): void;
  /** All that is wrong with the object; `old` is there on an update. Pure. */
  validate?(object: T, old?: T): FieldError[];
  columns: readonly Column<T>[];
  /** Field selectors beyond `metadata.name` and `metadata.namespace`. */
  selectableFields?: Readonly<Record<string, (object: T) => string>>;
}

/** The type that a map of kinds holds: methods of a narrower kind are fine, as the server hands each its own objects. */
// oxlint-disable-next-line typescript/no-explicit-any -- existential: a map over kinds of different T
export type AnyKind = KindDefinition<any>;
