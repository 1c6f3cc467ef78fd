import { describe, expect, it } from 'vitest';
import { post, startForTest } from '../shared/testing.ts';
import { createApp } from './app.ts';
import { variables } from './config.ts';

const news = { orderId: 'o-1', reference: 'r-1', customer: 'alice', totalCents: 200 };

describe('notification-service', () => {
  it('delivers the news of an order once, and can be asked for it', async () => {
    const { url } = await startForTest('notification-service', createApp, variables);
    expect((await post(`${url}/notifications`, news)).status).toBe(202);
    expect((await post(`${url}/notifications`, news)).status).toBe(202);
    const { deliveries } = (await (await fetch(`${url}/notifications?orderId=o-1`)).json()) as { deliveries: object[] };
    expect(deliveries).toMatchObject([{ orderId: 'o-1', reference: 'r-1', channel: 'webhook', attempt: 1 }]);
    expect(await (await fetch(`${url}/notifications?orderId=o-2`)).json()).toEqual({ deliveries: [] });
  });

  it('forgets the oldest deliveries over its bound', async () => {
    const { url } = await startForTest('notification-service', createApp, variables, { DELIVERIES_KEPT: '2' });
    for (const orderId of ['o-1', 'o-2', 'o-3']) {
      await post(`${url}/notifications`, { ...news, orderId });
    }
    const { deliveries } = (await (await fetch(`${url}/notifications`)).json()) as { deliveries: object[] };
    expect(deliveries).toMatchObject([{ orderId: 'o-3' }, { orderId: 'o-2' }]);
  });

  it('refuses news that lack an order', async () => {
    const { url } = await startForTest('notification-service', createApp, variables);
    expect((await post(`${url}/notifications`, { ...news, orderId: '' })).status).toBe(400);
  });
});
