import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readConfig } from '../shared/config.ts';
import { post, serveForTest, startForTest, testContext } from '../shared/testing.ts';
import { createApp } from './app.ts';
import { variables } from './config.ts';
import { createSchemaLock } from './schema-lock.ts';

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'database-service-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function start(env: NodeJS.ProcessEnv = {}) {
  const DATA_DIR = await temporaryFolder();
  return startForTest('database-service', createApp, variables, { DB_NAME: 'test', DATA_DIR, ...env });
}

const order = {
  id: 'o-1',
  item: 'laptop',
  quantity: 2,
  unitPriceCents: 100,
  totalCents: 200,
  currency: 'USD',
  status: 'confirmed',
  customer: 'alice',
  reference: null,
  createdAt: '2026-11-20T16:47:00.000Z',
};

describe('database-service', () => {
  it('stores an order once, however often it is told to', async () => {
    const { url } = await start();
    expect((await post(`${url}/orders`, order)).status).toBe(201);
    expect((await post(`${url}/orders`, order)).status).toBe(201);
    expect(await (await fetch(`${url}/orders/o-1`)).json()).toEqual(order);
    expect(await (await fetch(`${url}/orders`)).json()).toEqual({ orders: [order] });
  });

  it('refuses an order whose total is wrong', async () => {
    const { url } = await start();
    const answer = await post(`${url}/orders`, { ...order, totalCents: 1 });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ detail: expect.stringContaining('totalCents') as string });
  });

  it('lists the newest orders first, as many as asked for', async () => {
    const { url } = await start();
    for (const [id, createdAt] of [
      ['old', '2026-01-01T00:00:00.000Z'],
      ['new', '2026-01-02T00:00:00.000Z'],
    ]) {
      await post(`${url}/orders`, { ...order, id, createdAt });
    }
    expect(await (await fetch(`${url}/orders?limit=1`)).json()).toMatchObject({ orders: [{ id: 'new' }] });
    expect((await fetch(`${url}/orders?limit=0`)).status).toBe(400);
  });

  it('sells forty products, and says 404 for others', async () => {
    const { url } = await start();
    const { products } = (await (await fetch(`${url}/products`)).json()) as { products: { item: string }[] };
    expect(products).toHaveLength(40);
    expect(products.map(({ item }) => item)).toEqual(expect.arrayContaining(['laptop', 'test', 'item-1', 'item-20']));
    expect((await fetch(`${url}/products/unicorn`)).status).toBe(404);
  });

  it('lists what one customer has ordered', async () => {
    const { url } = await start();
    for (const [id, customer, status] of [
      ['a-1', 'alice', 'confirmed'],
      ['a-2', 'alice', 'cancelled'],
      ['b-1', 'bob', 'confirmed'],
    ]) {
      await post(`${url}/orders`, { ...order, id, customer, status });
    }
    const idsOf = async (query: string) => {
      const { orders } = (await (await fetch(`${url}/orders?${query}`)).json()) as { orders: { id: string }[] };
      return orders.map(({ id }) => id);
    };
    expect(await idsOf('customer=alice')).toEqual(['a-1']);
    expect(await idsOf('customer=alice&status=cancelled')).toEqual(['a-2']);
    expect(await idsOf('customer=carol')).toEqual([]);
    expect((await fetch(`${url}/orders?customer=a&customer=b`)).status).toBe(400);
  });

  it('changes a price', async () => {
    const { url } = await start();
    const change = (item: string, body: unknown) =>
      fetch(`${url}/products/${item}/price`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect((await change('laptop', { priceCents: 77 })).status).toBe(200);
    expect(await (await fetch(`${url}/products/laptop`)).json()).toMatchObject({ priceCents: 77 });
    expect((await change('unicorn', { priceCents: 77 })).status).toBe(404);
    expect((await change('laptop', { priceCents: -1 })).status).toBe(400);
  });

  it('lets write only who knows the password, and read whoever shows no wrong one', async () => {
    const { url } = await start({ DB_PASSWORD: 'new' });
    const write = (headers: Record<string, string>) => post(`${url}/orders`, order, headers);
    expect((await write({})).status).toBe(401);
    expect((await write({ authorization: 'Bearer old' })).status).toBe(401);
    expect((await write({ authorization: 'Bearer new' })).status).toBe(201);
    expect((await fetch(`${url}/orders/o-1`)).status).toBe(200);
    expect((await fetch(`${url}/orders/o-1`, { headers: { authorization: 'Bearer old' } })).status).toBe(401);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it('can begin with the orders of past years, once, and finds a customer among them quickly', async () => {
    const env = { DATA_DIR: await temporaryFolder(), PAST_ORDERS: '20000' };
    await start(env);
    const { url } = await start(env);
    const found = (await (await fetch(`${url}/orders?customer=customer-1&limit=500`)).json()) as {
      orders: (typeof order)[];
    };
    expect(found.orders.length).toBeGreaterThan(1);
    expect(found.orders.every((one) => one.totalCents === one.unitPriceCents * one.quantity)).toBe(true);
  });

  it('is not ready while somebody else changes the schema, and serves when they are done', async () => {
    const DATA_DIR = await temporaryFolder();
    const other = new DatabaseSync(join(DATA_DIR, 'test.db'));
    createSchemaLock(other).take({ migration: 'orders', holder: 'another-pod', takenAt: '2026-11-20T16:47:00.000Z' });
    const { url, log } = await start({ DATA_DIR });
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/products`)).status).toBe(503);
    expect(await (await fetch(`${url}/schema`)).json()).toMatchObject({ version: 0, lock: { holder: 'another-pod' } });
    expect(log.map(({ msg }) => msg)).toContainEqual(expect.stringContaining('another-pod took the lock'));
    createSchemaLock(other).release('orders');
    other.close();
    await expect.poll(async () => (await fetch(`${url}/readyz`)).status, { timeout: 3_000 }).toBe(200);
    expect((await fetch(`${url}/products`)).status).toBe(200);
    expect(await (await fetch(`${url}/schema`)).json()).toEqual({ version: 3, lock: null });
  });

  it('releases the lock that a person names, and no other', async () => {
    const DATA_DIR = await temporaryFolder();
    const other = new DatabaseSync(join(DATA_DIR, 'test.db'));
    createSchemaLock(other).take({ migration: 'orders', holder: 'dead-pod', takenAt: '2026-11-20T16:47:00.000Z' });
    other.close();
    const wrong = await start({ DATA_DIR, RELEASE_SCHEMA_LOCK: 'products' });
    expect((await fetch(`${wrong.url}/readyz`)).status).toBe(503);
    const right = await start({ DATA_DIR, RELEASE_SCHEMA_LOCK: 'orders' });
    expect((await fetch(`${right.url}/readyz`)).status).toBe(200);
  });

  it('keeps orders over a restart', async () => {
    const env = { DB_NAME: 'test', DATA_DIR: await temporaryFolder() };
    const open = () => createApp(testContext('database-service').service, readConfig(variables, env));
    const before = open();
    await post(`${await serveForTest(before.handler)}/orders`, order);
    await before.close();
    const after = open();
    expect(await (await fetch(`${await serveForTest(after.handler)}/orders/o-1`)).json()).toEqual(order);
    await after.close();
  });

  it('does not start on a file that is no database', async () => {
    const DATA_DIR = await temporaryFolder();
    await writeFile(join(DATA_DIR, 'test.db'), 'not a database, but long enough to be one'.repeat(50));
    const config = readConfig(variables, { DB_NAME: 'test', DATA_DIR });
    expect(() => createApp(testContext('database-service').service, config)).toThrow('not a database');
  });
});
