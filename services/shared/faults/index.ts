import type { RequestHandler } from 'express';
import * as v from 'valibot';
import { failRequests } from './fail-requests.ts';

const rateMessage = 'is not a number from 0 to 1';

/** Switches of the faults; all are off unless set. Read here and nowhere else. */
export const faultVariables = {
  CHAOS_FAILURE_RATE: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d*\.?\d+$/, rateMessage),
      v.toNumber(),
      v.minValue(0, rateMessage),
      v.maxValue(1, rateMessage),
    ),
    '0',
  ),
};

/** The faults that are switched on, as middleware. The shell puts them behind probes and metrics, before business. */
export function activeFaults(config: { CHAOS_FAILURE_RATE: number }): RequestHandler[] {
  return config.CHAOS_FAILURE_RATE > 0 ? [failRequests(config.CHAOS_FAILURE_RATE)] : [];
}
