import { describe, expect, it } from 'vitest';
import { type ConfigError, integer, readConfig, text, url } from './config.ts';

const variables = {
  DB_NAME: text('the name of the database'),
  API_URL: url('the address of api-service'),
  SIZE: integer(1, 9, 3),
};

function problemsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    readConfig(variables, env);
    return [];
  } catch (error) {
    return (error as ConfigError).problems;
  }
}

describe('readConfig', () => {
  it('names every missing and every wrong variable at once', () => {
    expect(problemsOf({ API_URL: 'database:8080', SIZE: '12', PORT: 'web', CHAOS_FAILURE_RATE: '2' })).toEqual([
      'PORT ("web") is not a whole number from 1 to 65535',
      'CHAOS_FAILURE_RATE ("2") is not a number from 0 to 1',
      'DB_NAME is not set. It is the name of the database',
      'API_URL ("database:8080") is not the address of api-service: a URL such as http://name:8080',
      'SIZE ("12") is not a whole number from 1 to 9',
    ]);
  });

  it('takes an empty variable for one that is not set', () => {
    expect(problemsOf({ DB_NAME: '', API_URL: 'http://api' })).toEqual([
      'DB_NAME is not set. It is the name of the database',
    ]);
  });

  it('fills in what has a default and turns numbers into numbers', () => {
    const config = readConfig(variables, {
      DB_NAME: 'shop',
      API_URL: 'http://api',
      PORT: '3000',
      CHAOS_FAILURE_RATE: '.5',
    });
    expect(config).toMatchObject({ PORT: 3000, SIZE: 3, LOG_LEVEL: 'info', CHAOS_FAILURE_RATE: 0.5 });
  });
});
