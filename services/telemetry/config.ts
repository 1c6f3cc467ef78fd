import * as v from 'valibot';
import { type CommonConfig, type ConfigOf, integer, url } from '../shared/config.ts';

export const variables = {
  TRACES_KEPT: integer(1, 1_000_000, 5_000),
  STORE_MEGABYTES: integer(1, 1_024, 24),
  /** Another collector that gets a copy of everything. */
  FORWARD_URL: v.optional(url('the address of another trace collector')),
};

export type Config = ConfigOf<typeof variables> & CommonConfig;
