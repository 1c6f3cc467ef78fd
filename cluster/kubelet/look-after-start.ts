import type { Clock } from '../../lib/clock.ts';
import { limits } from './limits.ts';
import type { Prober } from './prober.ts';

/** Brings the readiness probe of a container forward that has just started. A look that came early is not due again. */
export function lookAfterStart(prober: () => Prober | undefined, clock: Clock): void {
  let cameEarly = false;
  const look = () => {
    if (!cameEarly) prober()?.hurry();
    cameEarly = false;
  };
  const peek = async () => {
    if (!cameEarly) cameEarly = (await prober()?.peek()) ?? false;
  };
  for (const delayMs of limits.looksAfterStartMs) clock.setTimeout(look, delayMs);
  for (const delayMs of limits.peeksAfterStartMs) clock.setTimeout(() => void peek(), delayMs);
}
