import { type CommonConfig, type ConfigOf, integer } from '../shared/config.ts';

export const variables = {
  SCRIPTS_KEPT: integer(1, 10_000, 200),
};

export type Config = ConfigOf<typeof variables> & CommonConfig;
