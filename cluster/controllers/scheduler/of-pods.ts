import type { Pod } from '../../objects/types.ts';

/** Counts once what follows from the pods of a node, for as long as they are the same array. */
export function ofPods<T>(count: (pods: readonly Pod[]) => T): (pods: readonly Pod[]) => T {
  const known = new WeakMap<readonly Pod[], { result: T }>();
  return (pods) => {
    const found = known.get(pods) ?? { result: count(pods) };
    known.set(pods, found);
    return found.result;
  };
}
