import type { KubeObject } from '../objects/types.ts';
import type { Change, Informer } from './informer.ts';
import type { RetryDelays } from './work-queue.ts';

/** Says which keys of the controller are concerned when an object of a watched resource changes. */
export interface Watch {
  // oxlint-disable-next-line typescript/no-explicit-any -- existential: each watch has its own T
  informer: Informer<any>;
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  keysOf(object: any): string[];
  /** Which changes concern anybody; default: all. */
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  when?(change: Change<any>): boolean;
}

/** Level-triggered: `reconcile` is given a key, never an event, and re-reads what it needs. */
export interface Controller {
  name: string;
  watches: readonly Watch[];
  /** Default: 5 ms, doubling up to 1000 s. */
  retryDelays?: RetryDelays;
  /**
   * Brings the world one step nearer to the object's spec. An object that is gone is success; a throw is
   * retried with back-off; `requeueAfterMs` asks to be called again.
   */
  reconcile(key: string): Promise<{ requeueAfterMs: number } | void>;
}

/** `namespace/name`, or `name` for cluster-scoped objects: the key that informers and queues use. */
export function keyOf(object: KubeObject): string {
  const { namespace, name } = object.metadata;
  return namespace ? `${namespace}/${name}` : (name ?? '');
}
