import { Router } from 'express';
import * as v from 'valibot';
import type { ServiceContext } from '../shared/context.ts';
import { gaugeOf } from '../shared/metrics.ts';
import { addToLog } from '../shared/observe.ts';
import { parseInput } from '../shared/problem.ts';
import { type App, createShell } from '../shared/shell.ts';
import type { Config } from './config.ts';
import { createDeliveries } from './deliveries.ts';

const maxListed = 100;
const shortText = v.pipe(
  v.string('must be a text'),
  v.minLength(1, 'must not be empty'),
  v.maxLength(128, 'is too long'),
);

const notification = v.object(
  {
    orderId: shortText,
    reference: v.nullish(v.pipe(v.string('must be a text'), v.maxLength(128, 'is too long')), null),
    customer: shortText,
    totalCents: v.pipe(v.number('must be a number'), v.minValue(0, 'must not be negative')),
  },
  'must be a JSON object',
);

/** Tells customers about their orders, over a webhook that is simulated and remembers what it delivered. */
export function createApp(service: ServiceContext, config: Config): App {
  const deliveries = createDeliveries({ kept: config.DELIVERIES_KEPT, now: Date.now });
  gaugeOf(service.metrics, 'deliveries_kept', 'Deliveries that are remembered', () => deliveries.size);
  const routes = Router();

  routes.post('/notifications', (request, response) => {
    const news = parseInput(notification, request.body);
    addToLog(response, { orderId: news.orderId, reference: news.reference });
    response.status(202).json(deliveries.deliver(news));
  });
  routes.get('/notifications', (request, response) => {
    const { orderId } = request.query;
    response.json({
      deliveries: typeof orderId === 'string' ? deliveries.ofOrder(orderId) : deliveries.latest(maxListed),
    });
  });

  return { handler: createShell(service, { routes }), close: async () => {} };
}
