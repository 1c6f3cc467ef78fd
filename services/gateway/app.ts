import { type Request, type Response, Router } from 'express';
import type { ServiceContext } from '../shared/context.ts';
import { type App, createShell } from '../shared/shell.ts';
import { type Call, createUpstream, type Upstream } from '../shared/upstream.ts';
import type { Config } from './config.ts';
import { followRoutes } from './follow-routes.ts';
import type { RouteTable } from './route-table.ts';

// The outermost deadline: every service behind has a shorter one, so that the one that knows most gives the answer.
const deadlineMs = 8_000;
const passedOn = ['content-type', 'accept', 'authorization'] as const;
const methods = new Set<string>(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] satisfies Call['method'][]);

/** One table of routes at work. */
interface Routing {
  router: Router;
  close(): Promise<void>;
}

/** The entrance: what comes goes, as it is, to the service that the table of routes names, and its answer comes back. */
export function createApp(service: ServiceContext, config: Config): App {
  let current: Routing | undefined;
  const routes = followRoutes(service, config.ROUTES_FILE, (table) => {
    const before = current;
    current = createRouting(service, table);
    // What is on its way by the old table may still arrive.
    if (before) {
      setTimeout(() => void before.close(), deadlineMs).unref();
    }
  });
  const router = Router();
  router.use((request, response, next) => current?.router(request, response, next));
  return {
    handler: createShell(service, { routes: router, body: 'raw' }),
    async close() {
      routes.close();
      await current?.close();
    },
  };
}

function createRouting(service: ServiceContext, { routes }: RouteTable): Routing {
  const urls = [...new Set(routes.map(({ to }) => to))];
  const upstreams = new Map(urls.map((url) => [url, createUpstream(service, { name: nameOf(url), url, deadlineMs })]));
  const router = Router();
  for (const { path, to } of routes) {
    const upstream = upstreams.get(to) as Upstream;
    for (const pattern of [path, `${path}/*rest`]) {
      router.all(pattern, async (request, response, next) => {
        if (!methods.has(request.method)) {
          next();
          return;
        }
        await forward(upstream, request, response);
      });
    }
  }
  return {
    router,
    async close() {
      await Promise.all([...upstreams.values()].map((upstream) => upstream.close()));
    },
  };
}

/** A Service is known by its name, not by its namespace and port. */
function nameOf(url: string): string {
  return new URL(url).hostname.split('.')[0] as string;
}

async function forward(upstream: Upstream, request: Request, response: Response): Promise<void> {
  const headers: Record<string, string> = {};
  for (const name of passedOn) {
    const value = request.header(name);
    if (value !== undefined) {
      headers[name] = value;
    }
  }
  const answer = await upstream.request({
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
