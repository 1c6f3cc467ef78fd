import express, { type Express, type Router } from 'express';
import type { ServiceContext } from './context.ts';
import { activeFaults } from './faults/index.ts';
import { healthRoutes } from './health.ts';
import { observe } from './observe.ts';
import { answerProblem, notFound } from './problem.ts';

const maxBody = '16kb';

/** A service without its process: a handler that a test can serve on any port. */
export interface App {
  handler: Express;
  close(): Promise<void>;
}

export interface ShellOptions {
  routes: Router;
  isReady?: () => boolean;
  /** `raw` hands the body on as it came. */
  body?: 'json' | 'raw';
  bodyLimit?: string;
  /** Requests of the lab's own machinery leave no span. */
  traced?: boolean;
  /** Successful requests are logged at debug only. */
  quiet?: boolean;
}

/** The order of middleware that all services share, top to bottom as a request passes it. */
export function createShell(service: ServiceContext, options: ShellOptions): Express {
  const { body = 'json', bodyLimit = maxBody } = options;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(healthRoutes(service, options.isReady ?? (() => true)));
  app.use(observe(service, { traced: options.traced ?? true, quiet: options.quiet ?? false }));
  for (const fault of activeFaults(service.config)) {
    app.use(fault);
  }
  app.use(body === 'raw' ? express.raw({ type: () => true, limit: bodyLimit }) : express.json({ limit: bodyLimit }));
  app.use(options.routes);
  app.use(notFound);
  app.use(answerProblem);
  return app;
}
