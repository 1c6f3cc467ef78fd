import * as v from 'valibot';
import { type CommonConfig, type ConfigOf, integer, url } from '../shared/config.ts';

export const variables = {
  DATABASE_URL: url('the address of database-service'),
  NOTIFICATION_URL: url('the address of notification-service'),
  /** One try. With the pauses between them four tries of 600 ms stay well below the deadline that api-service has. */
  DATABASE_TIMEOUT_MS: integer(1, 600_000, 600),
  DB_PASSWORD: v.optional(v.string()),
  /** For so long a changed price may go unnoticed. 0: every order asks for it. */
  PRICE_CACHE_SECONDS: integer(0, 86_400, 5),
  /** Whether customers get a receipt to print. */
  RECEIPTS: v.optional(v.picklist(['on', 'off'], 'is neither on nor off'), 'off'),
};

/** What it reads of its own, and what every service reads. */
export interface Config extends ConfigOf<typeof variables>, CommonConfig {}
