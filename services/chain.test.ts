import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createApp as createApi } from './api-service/app.ts';
import { variables as apiVariables } from './api-service/config.ts';
import { createApp as createAuth } from './auth-service/app.ts';
import { variables as authVariables } from './auth-service/config.ts';
import { createApp as createDatabase } from './database-service/app.ts';
import { variables as databaseVariables } from './database-service/config.ts';
import { createApp as createGateway } from './gateway/app.ts';
import { variables as gatewayVariables } from './gateway/config.ts';
import { routesFile } from './gateway/testing.ts';
import { createApp as createNotification } from './notification-service/app.ts';
import { variables as notificationVariables } from './notification-service/config.ts';
import { createApp as createOrder } from './order-service/app.ts';
import { variables as orderVariables } from './order-service/config.ts';
import { serve, type Serving } from './shared/serve.ts';
import { startTelemetry, type Telemetry } from './shared/telemetry.ts';
import { post, startForTest, testContext } from './shared/testing.ts';
import { createApp as createTelemetry } from './telemetry/app.ts';
import { variables as telemetryVariables } from './telemetry/config.ts';
import { readConfig } from './shared/config.ts';

const nowhere = 'http://localhost:1';

let collector: Serving;
let telemetry: Telemetry;

// One process holds all six here, so they share one tracer; as pods each has its own.
beforeAll(async () => {
  const config = readConfig(telemetryVariables, {});
  collector = await serve(createTelemetry(testContext('telemetry').service, config).handler, 0);
  process.env['OTEL_BSP_SCHEDULE_DELAY'] = '20';
  telemetry = startTelemetry({ service: 'shop', version: 'test', hostName: 'test', endpoint: collector.url });
});

afterAll(async () => {
  await telemetry.shutdown();
  await collector.close();
});

/** All six over real HTTP; `broken` replaces the address that someone was given. */
async function startShop(broken: Partial<Record<'AUTH_URL' | 'DATABASE_URL' | 'NOTIFICATION_URL', string>> = {}) {
  const DATA_DIR = await mkdtemp(join(tmpdir(), 'chain-'));
  onTestFinished(() => rm(DATA_DIR, { recursive: true, force: true }));
  const auth = await startForTest('auth-service', createAuth, authVariables);
  const notification = await startForTest('notification-service', createNotification, notificationVariables);
  const database = await startForTest('database-service', createDatabase, databaseVariables, {
    DB_NAME: 'shop',
    DATA_DIR,
  });
  const order = await startForTest('order-service', createOrder, orderVariables, {
    DATABASE_URL: database.url,
    NOTIFICATION_URL: notification.url,
    ...broken,
  });
  const api = await startForTest('api-service', createApi, apiVariables, {
    AUTH_URL: auth.url,
    ORDER_URL: order.url,
    ...broken,
  });
  const gateway = await startForTest('gateway', createGateway, gatewayVariables, {
    ROUTES_FILE: await routesFile({ '/api/orders': api.url, '/api/products': api.url, '/api/login': api.url }),
  });
  return { gateway, api, auth, order, database, notification };
}

interface Placed {
  id: string;
  customer: string;
}

describe('CloudMart', () => {
  it('takes an order through all six services, in one trace, with one line in the log of each', async () => {
    const shop = await startShop();
    const answer = await post(`${shop.gateway.url}/api/orders`, { item: 'laptop', quantity: 2, reference: 'r-1' });
    expect(answer.status).toBe(200);
    const order = (await answer.json()) as Placed;
    expect(order).toMatchObject({
      item: 'laptop',
      quantity: 2,
      unitPriceCents: 119_900,
      totalCents: 239_800,
      reference: 'r-1',
    });
    expect(order.customer).toMatch(/^guest-/);

    expect(await (await fetch(`${shop.gateway.url}/api/orders/${order.id}`)).json()).toEqual(order);
    expect(await (await fetch(`${shop.gateway.url}/api/orders?limit=5`)).json()).toEqual({ orders: [order] });
    const told = await (await fetch(`${shop.notification.url}/notifications?orderId=${order.id}`)).json();
    expect(told).toMatchObject({ deliveries: [{ orderId: order.id, reference: 'r-1' }] });

    const traceId = answer.headers.get('traceparent')?.split('-')[1] ?? '';
    const requestId = answer.headers.get('x-request-id');
    for (const { log } of Object.values(shop)) {
      const lines = log.filter((line) => line['traceId'] === traceId);
      expect(lines.length).toBeGreaterThan(0);
      expect(lines.every((line) => line['requestId'] === requestId)).toBe(true);
    }
    const spansOf = async () => {
      const trace = (await (await fetch(`${collector.url}/api/traces/${traceId}`)).json()) as {
        spans?: { spanId: string; parentSpanId: string }[];
      };
      return trace.spans ?? [];
    };
    await expect.poll(async () => (await spansOf()).length).toBe(13);
    const spans = await spansOf();
    const ids = new Set(spans.map(({ spanId }) => spanId));
    expect(spans.filter(({ parentSpanId }) => !ids.has(parentSpanId))).toHaveLength(1);
  });

  it('knows a customer who has logged in, and refuses a token that it never gave', async () => {
    const { gateway } = await startShop();
    const login = await post(`${gateway.url}/api/login`, { username: 'alice', password: 'cloudmart' });
    const { token } = (await login.json()) as { token: string };
    const place = (authorization: string) => post(`${gateway.url}/api/orders`, { item: 'phone' }, { authorization });
    expect(await (await place(`Bearer ${token}`)).json()).toMatchObject({
      customer: 'alice',
      quantity: 1,
      reference: null,
    });
    const mine = (authorization: string) => fetch(`${gateway.url}/api/orders/mine`, { headers: { authorization } });
    expect(await (await mine(`Bearer ${token}`)).json()).toMatchObject({
      orders: [{ customer: 'alice', item: 'phone' }],
    });
    expect((await mine('Bearer made-up')).status).toBe(401);
    expect((await fetch(`${gateway.url}/api/orders/mine`)).status).toBe(401);
    expect((await place('Bearer made-up')).status).toBe(401);
    expect((await post(`${gateway.url}/api/login`, { username: 'alice', password: 'wrong' })).status).toBe(401);
  });

  it.each([
    ['an item that nobody sells', { item: 'unicorn' }, 422],
    ['a quantity of zero', { item: 'laptop', quantity: 0 }, 400],
    ['a quantity that is a text', { item: 'laptop', quantity: '1' }, 400],
    ['half a JSON document', '{"item":', 400],
    ['no item', {}, 400],
    ['a list', '[]', 400],
    ['a reference that is too long', { item: 'laptop', reference: 'x'.repeat(65) }, 400],
    ['a body over 16 KB', { item: 'x'.repeat(17_000) }, 413],
  ])('refuses %s, and nobody logs an error', async (_, body, status) => {
    const shop = await startShop();
    const answer = await post(`${shop.gateway.url}/api/orders`, body);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ status, traceId: answer.headers.get('traceparent')?.split('-')[1] });
    expect(Object.values(shop).flatMap(({ log }) => log.filter(({ level }) => Number(level) >= 50))).toEqual([]);
  });

  it.each(['/api/nothing', '/nothing', '/api/orders/no-such-order'])('answers %s with 404', async (path) => {
    const { gateway } = await startShop();
    const answer = await fetch(gateway.url + path);
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  it.each(['AUTH_URL', 'DATABASE_URL'] as const)('answers 502 in time when %s leads nowhere', async (name) => {
    const { gateway } = await startShop({ [name]: nowhere });
    const started = performance.now();
    expect((await post(`${gateway.url}/api/orders`, { item: 'laptop' })).status).toBe(502);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('takes orders while notifications are down', async () => {
    const { gateway } = await startShop({ NOTIFICATION_URL: nowhere });
    expect((await post(`${gateway.url}/api/orders`, { item: 'laptop' })).status).toBe(200);
  });
});
