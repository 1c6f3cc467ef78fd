import { type Request, type Response, Router } from 'express';
import * as v from 'valibot';
import type { ServiceContext } from '../shared/context.ts';
import { addToLog } from '../shared/observe.ts';
import { parseInput, Problem } from '../shared/problem.ts';
import { type App, createShell } from '../shared/shell.ts';
import { createUpstream, type Upstream } from '../shared/upstream.ts';
import type { Config } from './config.ts';
import { orderRequest } from './order-request.ts';
import { authenticate } from './sessions.ts';

const authDeadlineMs = 1_500;
const orderDeadlineMs = 6_000;

const placedOrder = v.looseObject({ id: v.string() });

/** Orchestrates: knows who asks, checks what is asked, and has order-service do it. */
export function createApp(service: ServiceContext, config: Config): App {
  const auth = createUpstream(service, { name: 'auth-service', url: config.AUTH_URL, deadlineMs: authDeadlineMs });
  const orders = createUpstream(service, { name: 'order-service', url: config.ORDER_URL, deadlineMs: orderDeadlineMs });
  const routes = Router();

  routes.post('/orders', async (request, response) => {
    const asked = parseInput(orderRequest, request.body);
    addToLog(response, { reference: asked.reference });
    const customer = await authenticate(auth, request.header('authorization'));
    const answer = await orders.json({ method: 'POST', path: '/orders', body: { ...asked, customer } }, placedOrder);
    if (!answer.body) {
      throw new Problem(422, `We do not sell "${asked.item}".`);
    }
    addToLog(response, { orderId: answer.body.id });
    response.json(answer.body);
  });
  routes.get('/orders', (request, response) => passOn(orders, request, response));
  routes.get('/orders/:id', (request, response) => passOn(orders, request, response));
  routes.get('/products', (request, response) => passOn(orders, request, response));
  routes.post('/login', async (request, response) => {
    const answer = await auth.json({ method: 'POST', path: '/login', body: request.body ?? {} }, v.unknown());
    if (!answer.body) {
      throw answer.status === 401
        ? new Problem(401, 'User name and password do not match.')
        : new Problem(400, 'A login needs a username and a password.');
    }
    response.json(answer.body);
  });

  return {
    handler: createShell(service, { routes }),
    async close() {
      await Promise.all([auth.close(), orders.close()]);
    },
  };
}

/** Reads go through unchanged, apart from the failures that `json` turns into ours. */
async function passOn(orders: Upstream, request: Request, response: Response): Promise<void> {
  const answer = await orders.json({ method: 'GET', path: request.originalUrl }, v.unknown());
  if (answer.status >= 400) {
    throw new Problem(answer.status, answer.status === 404 ? 'There is no such order.' : 'The request makes no sense.');
  }
  response.json(answer.body);
}
