import { flushCompileCache } from 'node:module';
import { hostname } from 'node:os';
import { ConfigError, type CommonConfig, type ConfigOf, readConfig, type Variables } from './config.ts';
import { createContext, type ServiceContext } from './context.ts';
import { createLogger } from './logger.ts';
import { serve } from './serve.ts';
import type { App } from './shell.ts';
import { drain } from './shutdown.ts';
import { startTelemetry } from './telemetry.ts';

/**
 * The life of a service's process: read the environment, trace, build, listen, and drain at SIGTERM. A service that
 * cannot start says why in one log line and exits with 1.
 */
export async function run<Own extends Variables>(
  name: string,
  variables: Own,
  createApp: (service: ServiceContext, config: ConfigOf<Own> & CommonConfig) => App | Promise<App>,
): Promise<void> {
  try {
    await start(name, variables, createApp);
  } catch (error) {
    const { problems } = error instanceof ConfigError ? error : {};
    createLogger({ service: name, version: process.env['SERVICE_VERSION'] ?? 'dev', level: 'info' }).fatal(
      problems ? { problems } : { err: error },
      `${name} can't start: ${(error as Error).message}`,
    );
    process.exitCode = 1;
    setImmediate(() => process.exit());
  }
}

async function start<Own extends Variables>(
  name: string,
  variables: Own,
  createApp: (service: ServiceContext, config: ConfigOf<Own> & CommonConfig) => App | Promise<App>,
): Promise<void> {
  const config = readConfig(variables, process.env);
  const telemetry = startTelemetry({
    service: name,
    version: config.SERVICE_VERSION,
    hostName: hostname(),
    endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
  });
  const service = createContext(name, config);
  process.on('uncaughtExceptionMonitor', (error) => service.logger.fatal({ err: error }, `${name} crashes`));
  const app = await createApp(service, config);
  const { server } = await serve(app.handler, config.PORT);
  service.logger.info({ port: config.PORT, node: process.version }, `${name} listens on port ${config.PORT}`);
  if (config.CHAOS_FAILURE_RATE > 0) {
    service.logger.warn({ failureRate: config.CHAOS_FAILURE_RATE }, 'fault injection is on');
  }
  // A pod may be killed at any time, and only a cache on disk makes its next start fast.
  flushCompileCache();

  const stop = (signal: string) => {
    service.logger.info({ signal }, `${name} drains`);
    void drain(service, server, async () => {
      await app.close();
      await telemetry.shutdown();
    }).finally(() => {
      service.logger.info(`${name} is done`);
      process.exit(0);
    });
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}
