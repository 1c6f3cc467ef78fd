import * as v from 'valibot';
import { type CommonConfig, type ConfigOf, integer, text } from '../shared/config.ts';

export const variables = {
  DB_NAME: text('the name of the database to open, cloudmart-db in production', /^[\w-]{1,64}$/),
  DATA_DIR: v.optional(text('the folder of the data volume'), '/var/lib/cloudmart'),
  POOL_SIZE: integer(1, 64, 8),
};

export type Config = ConfigOf<typeof variables> & CommonConfig;
