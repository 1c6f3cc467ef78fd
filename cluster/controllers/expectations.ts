import type { Clock } from '../../lib/clock.ts';
import { keyOf } from '../client/controller.ts';
import type { Informer } from '../client/informer.ts';
import type { KubeObject } from '../objects/types.ts';

/** An object made and gone within the informer's delay is never seen; after this time nobody waits for it any more. */
const patienceMs = 5_000;

type Change = 'created' | 'changed' | 'deleted';

interface Expected {
  objectKey: string;
  uid: string | undefined;
  version: number;
  change: Change;
  untilMs: number;
}

/**
 * What an owner did that its informer has not shown yet. Acting on the old picture would create or delete
 * the same things twice.
 */
export interface Expectations {
  /** @param object as the server answered; of one that was deleted, as it was before */
  expect(ownerKey: string, change: Change, object: KubeObject): void;
  /** Milliseconds until the last open expectation lapses; 0 when all have been seen. */
  pendingMs(ownerKey: string): number;
}

export function createExpectations(clock: Clock, informer: Informer<KubeObject>): Expectations {
  const expected = new Map<string, Expected[]>();

  function isOpen({ objectKey, uid, version, change, untilMs }: Expected): boolean {
    if (clock.now() >= untilMs) return false;
    const seen = informer.get(objectKey);
    const isThere = seen !== undefined && seen.metadata.uid === uid;
    if (change === 'created') return !isThere;
    if (change === 'changed') return isThere && Number(seen.metadata.resourceVersion) < version;
    return isThere && !seen.metadata.deletionTimestamp;
  }

  /** Who is gone never asks for what was expected of it. */
  function forgetLapsed(): void {
    for (const [ownerKey, all] of expected) {
      if (all.every(({ untilMs }) => clock.now() >= untilMs)) expected.delete(ownerKey);
    }
  }

  return {
    expect(ownerKey, change, object) {
      forgetLapsed();
      const { uid, resourceVersion } = object.metadata;
      const untilMs = clock.now() + patienceMs;
      const one = { objectKey: keyOf(object), uid, version: Number(resourceVersion), change, untilMs };
      expected.set(ownerKey, [...(expected.get(ownerKey) ?? []), one]);
    },
    pendingMs(ownerKey) {
      const open = (expected.get(ownerKey) ?? []).filter(isOpen);
      if (open.length > 0) expected.set(ownerKey, open);
      else expected.delete(ownerKey);
      return Math.max(0, ...open.map(({ untilMs }) => untilMs - clock.now()));
    },
  };
}
