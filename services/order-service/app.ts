import { Router } from 'express';
import * as v from 'valibot';
import type { ServiceContext } from '../shared/context.ts';
import { gaugeOf } from '../shared/metrics.ts';
import { addToLog } from '../shared/observe.ts';
import { parseInput, Problem } from '../shared/problem.ts';
import { type App, createShell } from '../shared/shell.ts';
import { createUpstream } from '../shared/upstream.ts';
import type { Config } from './config.ts';
import { newOrder, type Order, orderRequest, product } from './order.ts';
import { createOutbox } from './outbox.ts';
import { retrying } from './retry.ts';

// One try. With the pauses between them four tries stay well below the deadline that api-service gives us.
const databaseDeadlineMs = 600;
const notificationDeadlineMs = 800;

/** Takes orders: prices them, has them stored, has the customer told. */
export function createApp(service: ServiceContext, config: Config): App {
  const database = createUpstream(service, {
    name: 'database-service',
    url: config.DATABASE_URL,
    deadlineMs: databaseDeadlineMs,
  });
  const notifications = createUpstream(service, {
    name: 'notification-service',
    url: config.NOTIFICATION_URL,
    deadlineMs: notificationDeadlineMs,
  });
  const outbox = createOutbox((error) => service.logger.error({ err: error }, 'a notification was given up'));
  gaugeOf(service.metrics, 'outbox_length', 'Notifications that wait for another try', () => outbox.length);

  function read(path: string): Promise<{ status: number; body: unknown }> {
    return retrying((signal) => database.json({ method: 'GET', path, signal }, v.unknown()));
  }

  async function store(order: Order): Promise<void> {
    const { status } = await retrying((signal) =>
      database.json({ method: 'POST', path: '/orders', body: order, signal }, v.unknown()),
    );
    if (status >= 400) {
      throw new Error(`database-service refused order ${order.id} with ${status}`);
    }
  }

  async function notify(order: Order): Promise<void> {
    const { id: orderId, reference, customer, totalCents } = order;
    const body = { orderId, reference, customer, totalCents };
    const { status } = await notifications.json({ method: 'POST', path: '/notifications', body }, v.unknown());
    if (status >= 400) {
      throw new Error(`notification-service refused the news of order ${orderId} with ${status}`);
    }
  }

  /** The order stands, whether or not its customer could be told at once. */
  async function notifyNowOrLater(order: Order): Promise<void> {
    try {
      await notify(order);
    } catch (error) {
      const kept = outbox.keep(() => notify(order));
      service.logger.error(
        { err: error, orderId: order.id, reference: order.reference },
        `customer not notified, ${kept ? 'will try again' : 'and the outbox is full'}`,
      );
    }
  }

  const routes = Router();
  routes.post('/orders', async (request, response) => {
    const asked = parseInput(orderRequest, request.body);
    addToLog(response, { reference: asked.reference });
    const found = await retrying((signal) =>
      database.json({ method: 'GET', path: `/products/${encodeURIComponent(asked.item)}`, signal }, product),
    );
    if (!found.body) {
      throw new Problem(422, `There is no product "${asked.item}".`);
    }
    const order = newOrder(asked, found.body.priceCents, Date.now());
    addToLog(response, { orderId: order.id });
    await store(order);
    await notifyNowOrLater(order);
    response.json(order);
  });
  routes.get(['/orders', '/orders/:id', '/products'], async (request, response) => {
    const { status, body } = await read(request.originalUrl);
    if (status >= 400) {
      throw new Problem(status, status === 404 ? 'There is no such order.' : 'The request makes no sense.');
    }
    response.json(body);
  });

  return {
    handler: createShell(service, { routes }),
    async close() {
      outbox.close();
      await Promise.all([database.close(), notifications.close()]);
    },
  };
}
