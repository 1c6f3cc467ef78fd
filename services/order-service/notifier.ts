import * as v from 'valibot';
import type { ServiceContext } from '../shared/context.ts';
import { gaugeOf } from '../shared/metrics.ts';
import { createUpstream } from '../shared/upstream.ts';
import type { Order } from './order.ts';
import { createOutbox } from './outbox.ts';

const deadlineMs = 800;

export interface Notifier {
  /** Never fails: the order stands, whether or not its customer could be told at once. */
  notify(order: Order): Promise<void>;
  close(): Promise<void>;
}

/** Our side of notification-service. What can't be said now is kept and said later. */
export function createNotifier(service: ServiceContext, url: string): Notifier {
  const notifications = createUpstream(service, { name: 'notification-service', url, deadlineMs });
  const outbox = createOutbox((error) => service.logger.error({ err: error }, 'a notification was given up'));
  gaugeOf(service.metrics, 'outbox_length', 'Notifications that wait for another try', () => outbox.length);

  async function send({ id: orderId, reference, customer, totalCents }: Order): Promise<void> {
    const body = { orderId, reference, customer, totalCents };
    const { status } = await notifications.json({ method: 'POST', path: '/notifications', body }, v.unknown());
    if (status >= 400) {
      throw new Error(`notification-service refused the news of order ${orderId} with ${status}`);
    }
  }

  return {
    async notify(order) {
      try {
        await send(order);
      } catch (error) {
        const kept = outbox.keep(() => send(order));
        service.logger.error(
          { err: error, orderId: order.id, reference: order.reference },
          `customer not notified, ${kept ? 'will try again' : 'and the outbox is full'}`,
        );
      }
    },
    async close() {
      outbox.close();
      await notifications.close();
    },
  };
}
