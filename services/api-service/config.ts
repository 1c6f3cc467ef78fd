import { type CommonConfig, type ConfigOf, url } from '../shared/config.ts';

export const variables = {
  AUTH_URL: url('the address of auth-service'),
  ORDER_URL: url('the address of order-service'),
};

export type Config = ConfigOf<typeof variables> & CommonConfig;
