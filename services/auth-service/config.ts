import { type CommonConfig, type ConfigOf, integer } from '../shared/config.ts';

export const variables = {
  SESSION_CAPACITY: integer(1, 100_000, 1_500),
  SESSION_TTL_SECONDS: integer(1, 86_400, 1_800),
};

export type Config = ConfigOf<typeof variables> & CommonConfig;
