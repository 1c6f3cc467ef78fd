import { type Request, Router } from 'express';
import * as v from 'valibot';
import type { ServiceContext } from '../shared/context.ts';
import { gaugeOf } from '../shared/metrics.ts';
import { addToLog } from '../shared/observe.ts';
import { parseInput, Problem } from '../shared/problem.ts';
import { type App, createShell } from '../shared/shell.ts';
import type { Config } from './config.ts';
import { type Connection, openConnection } from './connection.ts';
import { openDatabase } from './open-database.ts';
import { amount, order } from './order.ts';
import { requirePassword } from './password.ts';
import { createPool, PoolExhausted } from './pool.ts';

const maxWaiting = 64;
const maxWaitMs = 300;
const maxListed = 500;

const newPrice = v.object({ priceCents: amount }, 'must be a JSON object');

/**
 * Keeps orders and products in an SQLite file on the data volume.
 * @throws when the volume can't be written, the file is no database, or a migration fails
 */
export function createApp(service: ServiceContext, config: Config): App {
  const database = openDatabase(service, config);
  const pool = createPool<Connection>({
    size: config.POOL_SIZE,
    maxWaiting,
    maxWaitMs,
    open: () => openConnection(database.file),
    close: (connection) => connection.close(),
  });
  gaugeOf(service.metrics, 'db_pool_connections_in_use', 'Connections that are lent', () => pool.inUse);
  gaugeOf(service.metrics, 'db_pool_connections_max', 'Connections that there can be', () => config.POOL_SIZE);
  gaugeOf(service.metrics, 'db_pool_requests_waiting', 'Requests that wait for a connection', () => pool.waiting);

  async function borrow<R>(work: (connection: Connection) => R): Promise<R> {
    try {
      return await pool.use(work);
    } catch (error) {
      throw error instanceof PoolExhausted ? new Problem(503, `The database is too busy: ${error.message}.`) : error;
    }
  }

  async function query<R>(work: (connection: Connection) => R): Promise<R> {
    if (!database.isUpToDate) {
      throw new Problem(503, "The database's schema is being changed.");
    }
    return borrow(work);
  }

  const routes = Router();
  routes.use(requirePassword(config.DB_PASSWORD));
  routes.post('/orders', async (request, response) => {
    const stored = parseInput(order, request.body);
    addToLog(response, { orderId: stored.id, reference: stored.reference });
    await query((connection) => connection.insertOrder(stored));
    response.status(201).json(stored);
  });
  routes.get('/orders', async (request, response) => {
    const asked = askedFor(request);
    response.json({ orders: await query((connection) => ordersAsked(connection, asked)) });
  });
  routes.get('/orders/:id', async (request, response) => {
    addToLog(response, { orderId: request.params.id });
    response.json(await query((connection) => orNotFound(connection.findOrder(request.params.id), 'order')));
  });
  routes.get('/products', async (_request, response) => {
    response.json({ products: await query((connection) => connection.products()) });
  });
  routes.get('/products/:item', async (request, response) => {
    response.json(await query((connection) => orNotFound(connection.findProduct(request.params.item), 'product')));
  });
  // Open while the schema is being changed: that is when one wants to know.
  routes.get('/schema', async (_request, response) => {
    response.json(await borrow((connection) => connection.schema()));
  });
  routes.put('/products/:item/price', async (request, response) => {
    const { priceCents } = parseInput(newPrice, request.body);
    const { item } = request.params;
    await query((connection) => orNotFound(connection.setPrice(item, priceCents) || undefined, 'product'));
    response.json({ item, priceCents });
  });

  return {
    handler: createShell(service, { routes, isReady: () => database.isUpToDate }),
    async close() {
      pool.close();
      database.close();
    },
  };
}

interface Asked {
  customer: string | undefined;
  status: string;
  limit: number;
}

function askedFor({ query }: Request): Asked {
  const { customer, status = 'confirmed' } = query;
  if ((customer !== undefined && typeof customer !== 'string') || typeof status !== 'string') {
    throw new Problem(400, 'customer and status may be given once each.');
  }
  return { customer, status, limit: limitOf(query['limit']) };
}

function ordersAsked(connection: Connection, { customer, status, limit }: Asked) {
  return customer === undefined ? connection.latestOrders(limit) : connection.ordersOf(customer, status, limit);
}

function limitOf(given: unknown): number {
  if (given === undefined) {
    return 20;
  }
  const limit = Number(given);
  if (!Number.isInteger(limit) || limit < 1 || limit > maxListed) {
    throw new Problem(400, `limit must be a whole number from 1 to ${maxListed}.`);
  }
  return limit;
}

function orNotFound<T>(found: T | undefined, what: string): T {
  if (found === undefined) {
    throw new Problem(404, `There is no such ${what}.`);
  }
  return found;
}
