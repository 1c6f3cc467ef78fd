import { type CommonConfig, type ConfigOf, decimal, integer, url } from '../shared/config.ts';

export const variables = {
  ENTRANCE_URL: url('the address of the shop'),
  SIGN_IN_URL: url('the address of auth-service'),
  ORDERS_PER_SECOND: decimal(0, 1_000, 4),
  SIGN_INS_PER_SECOND: decimal(0, 1_000, 15),
  REGULARS_PER_SECOND: decimal(0, 1_000, 2),
  ODD_SHARE: decimal(0, 1, 0.03),
  /** Customers come in waves of this length and stay away in each second half. 0: they come all the time. */
  WAVE_SECONDS: integer(0, 3_600, 0),
  MAX_IN_FLIGHT: integer(1, 1_000, 32),
  REPORT_SECONDS: integer(1, 3_600, 10),
};

export type Config = ConfigOf<typeof variables> & CommonConfig;
