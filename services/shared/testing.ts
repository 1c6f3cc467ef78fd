import type { RequestListener } from 'node:http';
import { onTestFinished } from 'vitest';
import { readConfig, type Variables } from './config.ts';
import { createContext, type ServiceContext } from './context.ts';
import { createLogger } from './logger.ts';
import { serve } from './serve.ts';
import type { App } from './shell.ts';

export type LogLine = Record<string, unknown>;

/** A service's context for a test, and what it logs. */
export function testContext(name: string, env: NodeJS.ProcessEnv = {}): { service: ServiceContext; log: LogLine[] } {
  const log: LogLine[] = [];
  const config = readConfig({}, env);
  const destination = { write: (line: string) => void log.push(JSON.parse(line) as LogLine) };
  const logger = createLogger({ service: name, version: 'test', level: 'info' }, destination);
  return { service: createContext(name, config, logger), log };
}

/** Serves until the end of the test. @returns the base URL */
export async function serveForTest(handler: RequestListener): Promise<string> {
  const serving = await serve(handler, 0);
  onTestFinished(() => serving.close());
  return serving.url;
}

/** A service in this process on a port of its own, until the end of the test. */
export async function startForTest<Own extends Variables>(
  name: string,
  createApp: (service: ServiceContext, config: never) => App | Promise<App>,
  variables: Own,
  env: NodeJS.ProcessEnv = {},
): Promise<{ url: string; log: LogLine[]; service: ServiceContext }> {
  const { service, log } = testContext(name, env);
  const app = await createApp(service, readConfig(variables, env) as never);
  onTestFinished(() => app.close());
  return { url: await serveForTest(app.handler), log, service };
}

/** POST with a JSON body. */
export function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}
