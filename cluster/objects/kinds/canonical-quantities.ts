import { canonicalQuantity } from '../quantity.ts';
import type { PodSpec } from '../types.ts';

type Quantities = Record<string, string>;

/**
 * Rewrites the quantities of a resource list in their canonical form, in place.
 * @throws QuantityError for a text that is none: the real server fails while it decodes
 */
export function canonicalizeQuantities(list: Quantities | undefined): void {
  for (const [name, value] of Object.entries(list ?? {})) {
    (list as Quantities)[name] = canonicalQuantity(value);
  }
}

/** Does so for all containers of a pod. */
export function canonicalizePodQuantities(spec: PodSpec): void {
  for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
    canonicalizeQuantities(container.resources?.limits);
    canonicalizeQuantities(container.resources?.requests);
  }
  canonicalizeQuantities(spec.overhead);
}
