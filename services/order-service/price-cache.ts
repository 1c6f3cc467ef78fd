const maxItems = 500;

export interface PriceCache {
  /** Undefined when the shop has no such item; that is asked anew every time. */
  get(item: string): Promise<number | undefined>;
}

/**
 * Prices as the database had them at most `ttlMs` ago. Each replica keeps its own: for that long, and no longer, two
 * of them may disagree. Who asks while an answer is on its way waits for the same one.
 */
export function createPriceCache(options: {
  ttlMs: number;
  now: () => number;
  load: (item: string) => Promise<number | undefined>;
}): PriceCache {
  const known = new Map<string, { priceCents: number; loadedAtMs: number }>();
  const loading = new Map<string, Promise<number | undefined>>();

  async function load(item: string): Promise<number | undefined> {
    const askedAtMs = options.now();
    const priceCents = await options.load(item);
    known.delete(item);
    if (priceCents !== undefined && options.ttlMs > 0) {
      known.set(item, { priceCents, loadedAtMs: askedAtMs });
      if (known.size > maxItems) {
        known.delete(known.keys().next().value as string);
      }
    }
    return priceCents;
  }

  return {
    async get(item) {
      const hit = known.get(item);
      if (hit && options.now() - hit.loadedAtMs < options.ttlMs) {
        return hit.priceCents;
      }
      const running = loading.get(item) ?? load(item).finally(() => loading.delete(item));
      loading.set(item, running);
      return running;
    },
  };
}
