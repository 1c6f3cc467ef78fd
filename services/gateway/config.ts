import { type CommonConfig, type ConfigOf, text } from '../shared/config.ts';

export const variables = {
  ROUTES_FILE: text('the file with the table of routes'),
};

export type Config = ConfigOf<typeof variables> & CommonConfig;
