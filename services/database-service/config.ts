import * as v from 'valibot';
import { type CommonConfig, type ConfigOf, integer, text } from '../shared/config.ts';

export const variables = {
  DB_NAME: text('the name of the database to open, cloudmart-db in production', /^[\w-]{1,64}$/),
  DATA_DIR: v.optional(text('the folder of the data volume'), '/var/lib/cloudmart'),
  /** The database's own maximum is the upper bound: more connections than that only wait for each other. */
  POOL_SIZE: integer(1, 64, 8),
  /** What writers have to show. Without it everyone may write. */
  DB_PASSWORD: v.optional(v.string()),
  PAST_ORDERS: integer(0, 1_000_000, 0),
  /** The migration whose lock a person has looked at and wants to see released. */
  RELEASE_SCHEMA_LOCK: v.optional(v.string()),
};

export type Config = ConfigOf<typeof variables> & CommonConfig;
