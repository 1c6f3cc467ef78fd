import { type CommonConfig, type ConfigOf, url } from '../shared/config.ts';

export const variables = {
  DATABASE_URL: url('the address of database-service'),
  NOTIFICATION_URL: url('the address of notification-service'),
};

export type Config = ConfigOf<typeof variables> & CommonConfig;
