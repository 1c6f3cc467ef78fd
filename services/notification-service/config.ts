import { type CommonConfig, type ConfigOf, integer } from '../shared/config.ts';

export const variables = {
  DELIVERIES_KEPT: integer(1, 100_000, 5_000),
};

export type Config = ConfigOf<typeof variables> & CommonConfig;
