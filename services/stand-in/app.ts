import { setTimeout as delay } from 'node:timers/promises';
import { Router } from 'express';
import type { ServiceContext } from '../shared/context.ts';
import { parseInput, Problem } from '../shared/problem.ts';
import { type App, createShell } from '../shared/shell.ts';
import type { Config } from './config.ts';
import { createScript, type Script, scriptSchema } from './script.ts';

/**
 * A dependency that does as it is told: whoever's base URL is /s/ID gets the answers of script ID, in order. That is
 * how a test sees what a service does when its database stumbles, is slow, or is gone.
 */
export function createApp(service: ServiceContext, config: Config): App {
  const scripts = new Map<string, Script>();
  const closing = new AbortController();
  const routes = Router();

  function find(id: string): Script {
    const script = scripts.get(id);
    if (!script) {
      throw new Problem(404, `There is no script "${id}". PUT it to /scripts/${id} first.`);
    }
    return script;
  }

  routes.put('/scripts/:id', (request, response) => {
    const { answers } = parseInput(scriptSchema, request.body);
    scripts.delete(request.params.id);
    scripts.set(request.params.id, createScript(answers));
    if (scripts.size > config.SCRIPTS_KEPT) {
      scripts.delete(scripts.keys().next().value as string);
    }
    response.status(204).end();
  });
  routes.get('/scripts/:id', (request, response) => {
    response.json({ requests: find(request.params.id).requests });
  });
  routes.delete('/scripts/:id', (request, response) => {
    scripts.delete(request.params.id);
    response.status(204).end();
  });
  routes.all('/s/:id{/*path}', async (request, response) => {
    const traceparent = request.header('traceparent');
    const answer = find(request.params.id).next({
      atMs: Date.now(),
      method: request.method,
      path: request.path.slice(`/s/${request.params.id}`.length) || '/',
      ...(traceparent !== undefined && { traceparent }),
    });
    if (answer.delayMs > 0) {
      await delay(answer.delayMs, undefined, { signal: closing.signal, ref: false });
    }
    response.status(answer.status).json(answer.body ?? {});
  });

  return {
    handler: createShell(service, { routes, bodyLimit: '256kb', traced: false, quiet: true }),
    close: async () => closing.abort(),
  };
}
