import { describe, expect, it } from 'vitest';
import { post, startForTest } from '../shared/testing.ts';
import { createApp as createStandIn } from '../stand-in/app.ts';
import { variables as standInVariables } from '../stand-in/config.ts';
import { createApp } from './app.ts';
import { variables } from './config.ts';

/** An order-service whose two dependencies answer from scripts. */
async function start(database: unknown[], notifications: unknown[] = [{ status: 202 }]) {
  const standIn = await startForTest('stand-in', createStandIn, standInVariables);
  for (const [id, answers] of Object.entries({ database, notifications })) {
    await fetch(`${standIn.url}/scripts/${id}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ answers }),
    });
  }
  const { url, log } = await startForTest('order-service', createApp, variables, {
    DATABASE_URL: `${standIn.url}/s/database`,
    NOTIFICATION_URL: `${standIn.url}/s/notifications`,
  });
  const requestsOf = async (id: string) =>
    ((await (await fetch(`${standIn.url}/scripts/${id}`)).json()) as { requests: { path: string }[] }).requests;
  return { url, log, requestsOf };
}

const asked = { item: 'laptop', quantity: 3, reference: 'r-1', customer: 'alice' };
const product = { status: 200, body: { item: 'laptop', title: 'Laptop', priceCents: 500 } };

describe('order-service', () => {
  it('prices an order, stores it and has the customer told once', async () => {
    const { url, requestsOf } = await start([product]);
    const answer = await post(`${url}/orders`, asked);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ ...asked, unitPriceCents: 500, totalCents: 1_500, currency: 'USD' });
    expect((await requestsOf('database')).map(({ path }) => path)).toEqual(['/products/laptop', '/orders']);
    expect(await requestsOf('notifications')).toHaveLength(1);
  });

  it('gets over a database that stumbles', async () => {
    const { url, requestsOf } = await start([{ status: 503, times: 2 }, product]);
    expect((await post(`${url}/orders`, asked)).status).toBe(200);
    expect(await requestsOf('database')).toHaveLength(4);
  });

  it.each([
    [500, 502],
    [503, 503],
  ])('gives up on a database that keeps answering %i, and answers %i', async (status, expected) => {
    const { url, requestsOf } = await start([{ status }]);
    expect((await post(`${url}/orders`, asked)).status).toBe(expected);
    expect(await requestsOf('database')).toHaveLength(4);
  });

  it('refuses what the shop does not sell, and what makes no sense', async () => {
    const { url } = await start([{ status: 404 }]);
    expect((await post(`${url}/orders`, asked)).status).toBe(422);
    expect((await post(`${url}/orders`, { ...asked, quantity: 0 })).status).toBe(400);
  });

  it('lets an order stand when the customer can not be told, and says so in the log', async () => {
    const { url, log } = await start([product], [{ status: 500 }]);
    expect((await post(`${url}/orders`, asked)).status).toBe(200);
    expect(log.filter(({ level }) => level === 50)).toMatchObject([{ reference: 'r-1' }]);
  });
});
