import { type Request, type Response, Router } from 'express';
import type { ServiceContext } from '../shared/context.ts';
import { type App, createShell } from '../shared/shell.ts';
import { type Call, createUpstream, type Upstream } from '../shared/upstream.ts';
import type { Config } from './config.ts';

// The outermost deadline: every service behind has a shorter one, so that the one that knows most gives the answer.
const apiDeadlineMs = 8_000;
// Named so that metrics and traces tell them apart; whatever else there may be falls under the last one.
const apiPaths = ['/api/orders', '/api/orders/:id', '/api/products', '/api/login', '/api/*path'];
const passedOn = ['content-type', 'accept', 'authorization'] as const;
const methods = new Set<string>(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] satisfies Call['method'][]);

/** The entrance: everything under /api goes to api-service, as it is, and its answer comes back as it is. */
export function createApp(service: ServiceContext, config: Config): App {
  const api = createUpstream(service, { name: 'api-service', url: config.API_URL, deadlineMs: apiDeadlineMs });
  const routes = Router();
  for (const path of apiPaths) {
    routes.all(path, async (request, response, next) => {
      if (!methods.has(request.method)) {
        next();
        return;
      }
      await forward(api, request, response);
    });
  }
  return {
    handler: createShell(service, { routes, body: 'raw' }),
    close: () => api.close(),
  };
}

async function forward(api: Upstream, request: Request, response: Response): Promise<void> {
  const headers: Record<string, string> = {};
  for (const name of passedOn) {
    const value = request.header(name);
    if (value !== undefined) {
      headers[name] = value;
    }
  }
  const answer = await api.request({
    method: request.method as Call['method'],
    path: request.originalUrl.slice('/api'.length),
    headers,
    ...(Buffer.isBuffer(request.body) && { body: request.body }),
  });
  response.status(answer.status);
  if (answer.contentType) {
    response.type(answer.contentType);
  }
  response.send(answer.text);
}
