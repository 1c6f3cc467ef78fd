import { type CommonConfig, type ConfigOf, integer, text } from '../shared/config.ts';
import * as v from 'valibot';

export const variables = {
  SESSION_CAPACITY: integer(1, 100_000, 1_500),
  SESSION_TTL_SECONDS: integer(1, 86_400, 1_800),
  /** What tokens are signed with. Replicas that share it know each other's customers. */
  SESSION_KEY: v.optional(text('a key of at least 32 characters', /^\S{32,}$/)),
  /** A million takes about a second of processor time at each start. */
  SESSION_KEY_ROUNDS: integer(1, 100_000_000, 10_000),
};

export type Config = ConfigOf<typeof variables> & CommonConfig;
