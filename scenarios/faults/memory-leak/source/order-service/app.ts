import { type Request, type Response, Router } from 'express';
import type { ServiceContext } from '../shared/context.ts';
import { addToLog } from '../shared/observe.ts';
import { parseInput, Problem } from '../shared/problem.ts';
import { type App, createShell } from '../shared/shell.ts';
import type { Config } from './config.ts';
import { createNotifier } from './notifier.ts';
import { createOrderStore } from './order-store.ts';
import { newOrder, orderRequest } from './order.ts';
import { createReceipts } from './receipts.ts';

/** Takes orders: prices them, has them stored, has the customer told. */
export function createApp(service: ServiceContext, config: Config): App {
  const store = createOrderStore(service, config);
  const notifier = createNotifier(service, config.NOTIFICATION_URL);
  const receipts = config.RECEIPTS === 'on' ? createReceipts(service) : undefined;
  const routes = Router();

  routes.post('/orders', async (request, response) => {
    const asked = parseInput(orderRequest, request.body);
    addToLog(response, { reference: asked.reference });
    const priceCents = await store.priceCentsOf(asked.item);
    if (priceCents === undefined) {
      throw new Problem(422, `There is no product "${asked.item}".`);
    }
    const order = newOrder(asked, priceCents, Date.now());
    addToLog(response, { orderId: order.id });
    await store.save(order);
    receipts?.issue(order);
    await notifier.notify(order);
    response.json(order);
  });

  async function read(request: Request, response: Response): Promise<void> {
    const { status, body } = await store.read(request.originalUrl);
    if (status >= 400) {
      throw new Problem(status, status === 404 ? 'There is no such order.' : 'The request makes no sense.');
    }
    response.json(body);
  }
  routes.get('/orders/:id/receipt', (request, response) => {
    const receipt = receipts?.ofOrder(request.params.id);
    if (!receipt) {
      throw new Problem(404, 'There is no receipt for this order.');
    }
    response.type('image/svg+xml').send(receipt);
  });
  routes.get('/orders', read);
  routes.get('/orders/:id', read);
  routes.get('/products', read);

  return {
    handler: createShell(service, { routes }),
    async close() {
      await Promise.all([store.close(), notifier.close()]);
    },
  };
}
