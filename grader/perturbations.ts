import type { Perturbation } from './verdict.ts';

const undoWithinMs = 10_000;

/** What a run changes in the cluster, and how it is put back, whatever happens in between. */
export class Perturbations {
  readonly #entries: { what: string; undo: () => Promise<void>; inShop: boolean }[] = [];

  add(what: string, undo: () => Promise<void>, inShop = false): void {
    this.#entries.push({ what, undo, inShop });
  }

  /** Undoes everything, newest first. What fails is told, not thrown: it must not cover up why the run ended. */
  async undoAll(): Promise<Perturbation[]> {
    const done: Perturbation[] = [];
    for (const { what, undo, inShop } of this.#entries.splice(0).toReversed()) {
      const patience = AbortSignal.timeout(undoWithinMs);
      const impatience = new Promise<never>((_, reject) => {
        patience.addEventListener('abort', () => reject(patience.reason as Error), { once: true });
      });
      const undone = await Promise.race([undo(), impatience]).then(
        () => true,
        () => false,
      );
      done.unshift({ what, undone, ...(inShop && { inShop }) });
    }
    return done;
  }
}
