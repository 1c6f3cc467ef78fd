/** An amount of pods as a workload names it: a number of them, or a share of all, `25%`. */
export type IntOrPercent = number | string;

/**
 * The amount as a number of pods out of `total`; what is neither a number nor a percentage counts as none.
 * @param rounding of the fraction that a percentage may come to: each field of each kind has its own
 */
export function scaledValue(amount: IntOrPercent, total: number, rounding: 'up' | 'down'): number {
  if (typeof amount === 'number') return amount;
  const pods = ((percentOf(amount) ?? 0) * total) / 100;
  return rounding === 'up' ? Math.ceil(pods) : Math.floor(pods);
}

/** Undefined for what is no percentage. */
export function percentOf(amount: IntOrPercent): number | undefined {
  const digits = /^(\d+)%$/.exec(String(amount))?.[1];
  return digits === undefined ? undefined : Number(digits);
}
