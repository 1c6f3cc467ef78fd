import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readConfig } from '../shared/config.ts';
import { post, serveForTest, startForTest, testContext } from '../shared/testing.ts';
import { createApp } from './app.ts';
import { variables } from './config.ts';

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'database-service-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function start() {
  const DATA_DIR = await temporaryFolder();
  return startForTest('database-service', createApp, variables, { DB_NAME: 'test', DATA_DIR });
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
