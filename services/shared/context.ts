import type { CommonConfig } from './config.ts';
import { createLogger, type Logger } from './logger.ts';
import { createMetrics, type Metrics } from './metrics.ts';

/** What a service's parts share. Made once at the start, or by a test. */
export interface ServiceContext {
  name: string;
  version: string;
  commit: string;
  logger: Logger;
  metrics: Metrics;
  config: CommonConfig;
  /** Set while the process says goodbye: not ready any more, but still answering. */
  draining: boolean;
}

export function createContext(name: string, config: CommonConfig, logger?: Logger): ServiceContext {
  const version = config.SERVICE_VERSION;
  return {
    name,
    version,
    commit: config.SERVICE_COMMIT,
    logger: logger ?? createLogger({ service: name, version, level: config.LOG_LEVEL }),
    metrics: createMetrics(name, version),
    config,
    draining: false,
  };
}
