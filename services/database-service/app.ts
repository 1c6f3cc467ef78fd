import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Router } from 'express';
import type { ServiceContext } from '../shared/context.ts';
import { gaugeOf } from '../shared/metrics.ts';
import { addToLog } from '../shared/observe.ts';
import { parseInput, Problem } from '../shared/problem.ts';
import { type App, createShell } from '../shared/shell.ts';
import type { Config } from './config.ts';
import { type Connection, openConnection } from './connection.ts';
import { migrate } from './migrations.ts';
import { order } from './order.ts';
import { createPool, PoolExhausted } from './pool.ts';

const maxWaiting = 64;
const maxWaitMs = 300;
const maxListed = 500;

/**
 * Keeps orders and products in an SQLite file on the data volume.
 * @throws when the volume can't be written or the file is no database
 */
export function createApp(service: ServiceContext, config: Config): App {
  mkdirSync(config.DATA_DIR, { recursive: true });
  const file = join(config.DATA_DIR, `${config.DB_NAME}.db`);
  const first = openConnection(file);
  const migrations = migrate(first.database, Date.now());
  first.close();
  service.logger.info({ file, migrations }, 'database is open');

  const pool = createPool<Connection>({
    size: config.POOL_SIZE,
    maxWaiting,
    maxWaitMs,
    open: () => openConnection(file),
    close: (connection) => connection.close(),
  });
  gaugeOf(service.metrics, 'db_pool_connections_in_use', 'Connections that are lent', () => pool.inUse);
  gaugeOf(service.metrics, 'db_pool_requests_waiting', 'Requests that wait for a connection', () => pool.waiting);

  async function query<R>(work: (connection: Connection) => R): Promise<R> {
    try {
      return await pool.use(work);
    } catch (error) {
      throw error instanceof PoolExhausted ? new Problem(503, `The database is too busy: ${error.message}.`) : error;
    }
  }

  const routes = Router();
  routes.post('/orders', async (request, response) => {
    const stored = parseInput(order, request.body);
    addToLog(response, { orderId: stored.id, reference: stored.reference });
    await query((connection) => connection.insertOrder(stored));
    response.status(201).json(stored);
  });
  routes.get('/orders', async (request, response) => {
    response.json({ orders: await query((connection) => connection.latestOrders(limitOf(request.query['limit']))) });
  });
  routes.get('/orders/:id', async (request, response) => {
    addToLog(response, { orderId: request.params.id });
    response.json(orNotFound(await query((connection) => connection.findOrder(request.params.id)), 'order'));
  });
  routes.get('/products', async (_request, response) => {
    response.json({ products: await query((connection) => connection.products()) });
  });
  routes.get('/products/:item', async (request, response) => {
    response.json(orNotFound(await query((connection) => connection.findProduct(request.params.item)), 'product'));
  });

  return {
    handler: createShell(service, { routes }),
    close: async () => pool.close(),
  };
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
