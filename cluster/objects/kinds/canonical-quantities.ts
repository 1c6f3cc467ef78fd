import { canonicalQuantity, isQuantity } from '../quantity.ts';
import { badRequest } from '../status-error.ts';
import type { PodSpec } from '../types.ts';

type Quantities = Record<string, string>;

/**
 * Rewrites the quantities of a resource list in their canonical form, in place.
 * @throws StatusError BadRequest for a text that is no quantity: the real server fails while it decodes
 */
export function canonicalizeQuantities(list: Quantities | undefined): void {
  for (const [name, value] of Object.entries(list ?? {})) {
    if (!isQuantity(value)) {
      throw badRequest(
        `unable to parse quantity's suffix or number of "${name}": quantities must match the regular expression ` +
          `'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`,
      );
    }
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
