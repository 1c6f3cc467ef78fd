import { Router } from 'express';
import type { ServiceContext } from './context.ts';

/**
 * Probes, version and metrics: what the platform asks. Readiness says nothing about the services we depend on, or one
 * that is down would take all its callers out with it.
 */
export function healthRoutes(service: ServiceContext, isReady: () => boolean): Router {
  const routes = Router();
  routes.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  routes.get('/readyz', (_request, response) => {
    const ready = !service.draining && isReady();
    response.status(ready ? 200 : 503).json({ status: ready ? 'ready' : service.draining ? 'draining' : 'starting' });
  });
  routes.get('/version', (_request, response) => {
    response.json({
      service: service.name,
      version: service.version,
      commit: service.commit,
      node: process.version,
    });
  });
  routes.get('/metrics', async (_request, response) => {
    response.type(service.metrics.registry.contentType).send(await service.metrics.registry.metrics());
  });
  return routes;
}
