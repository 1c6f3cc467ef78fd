import { type CommonConfig, type ConfigOf, integer } from '../shared/config.ts';

export const variables = {
  TRACES_KEPT: integer(1, 1_000_000, 5_000),
  STORE_MEGABYTES: integer(1, 1_024, 24),
};

export type Config = ConfigOf<typeof variables> & CommonConfig;
