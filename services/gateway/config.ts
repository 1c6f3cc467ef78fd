import { type CommonConfig, type ConfigOf, url } from '../shared/config.ts';

export const variables = {
  API_URL: url('the address of api-service'),
};

export type Config = ConfigOf<typeof variables> & CommonConfig;
