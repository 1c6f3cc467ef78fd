/** Pods get random names: a recorded command about a pod runs against the pod that stands in for it. */
import type { PodRow } from './watch.ts';

const podName = /\b([a-z0-9][a-z0-9-]*-[0-9a-z]{6,10})-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g;

export class PodNames {
  readonly #standIns = new Map<string, string>();

  /** The command with each recorded pod's name replaced by that of a pod of the same ReplicaSet that is there now. */
  translate(word: string, pods: readonly PodRow[]): string {
    return word.replaceAll(podName, (recorded, replicaSet: string) => {
      const known = this.#standIns.get(recorded);
      if (known && pods.some(({ name }) => name === known)) return known;
      const standIn = this.#choose(replicaSet, pods) ?? recorded;
      this.#standIns.set(recorded, standIn);
      return standIn;
    });
  }

  #choose(replicaSet: string, pods: readonly PodRow[]): string | undefined {
    const taken = new Set(this.#standIns.values());
    const names = pods
      .filter(({ status }) => status !== 'Terminating')
      .map(({ name }) => name)
      .toSorted((a, b) => Number(taken.has(a)) - Number(taken.has(b)) || a.localeCompare(b));
    const deployment = replicaSet.slice(0, replicaSet.lastIndexOf('-'));
    return (
      names.find((name) => name.startsWith(`${replicaSet}-`)) ?? names.find((name) => name.startsWith(`${deployment}-`))
    );
  }
}
