import { createHash } from 'node:crypto';
import type { Fault, Variant } from './fault.ts';

/**
 * A number that seems drawn and is always the same for the same words.
 * @returns an integer from 0 to below `limit`
 */
export function drawn(limit: number, ...words: readonly string[]): number {
  const digest = createHash('sha256').update(words.join('\0')).digest();
  return digest.readUInt32BE(0) % limit;
}

/** The variant that this seed draws; undefined for the fault as it is written. */
export function drawnVariant({ id, variants }: Fault, seed: string): Variant | undefined {
  return variants[drawn(variants.length + 1, seed, id) - 1];
}

/** The fault as this seed has it: as it is written, or one of its variants. Without a seed as it is written. */
export function variantOf(fault: Fault, seed: string | null): Fault {
  const variant = seed === null ? undefined : drawnVariant(fault, seed);
  return variant ? applyVariant(fault, variant) : fault;
}

/** The fault with the variant's words wherever its own stand: in what breaks, proves, repairs and explains. */
export function applyVariant(fault: Fault, { replace }: Variant): Fault {
  const { id, component, kind, variants, overlays, ...said } = fault;
  return { ...(exchange(said, replace) as typeof said), id, component, kind, variants, overlays };
}

function exchange(value: unknown, replace: Variant['replace']): unknown {
  if (typeof value === 'string') return replace.reduce((text, { from, to }) => text.replaceAll(from, to), value);
  if (typeof value === 'number') {
    const found = replace.find(({ from }) => from === String(value));
    return found ? Number(found.to) : value;
  }
  if (Array.isArray(value)) return value.map((item) => exchange(item, replace));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, exchange(item, replace)]));
}
