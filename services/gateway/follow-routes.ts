import { readFileSync } from 'node:fs';
import { Gauge } from 'prom-client';
import type { ServiceContext } from '../shared/context.ts';
import { gaugeOf } from '../shared/metrics.ts';
import { readRouteTable, type RouteTable } from './route-table.ts';

const lookEveryMs = 1_000;

/**
 * Hands over the table in the file, at once and again whenever it says something else. A table with a mistake changes
 * nothing: the one before stays, and the log says why.
 * @throws Error when there is no good table to begin with
 */
export function followRoutes(
  service: ServiceContext,
  file: string,
  use: (table: RouteTable) => void,
): { close(): void } {
  const { logger, metrics } = service;
  const inUse = new Gauge({
    name: 'gateway_routes_info',
    help: '1 for the version of the table of routes that is in use',
    labelNames: ['version'],
    registers: [metrics.registry],
  });
  let isRefused = false;
  gaugeOf(metrics, 'gateway_routes_refused', '1 while the file holds a table with a mistake', () => Number(isRefused));

  function take(text: string): void {
    const table = readRouteTable(text);
    use(table);
    inUse.reset();
    inUse.set({ version: table.version }, 1);
    const routes = Object.fromEntries(table.routes.map(({ path, to }) => [path, to]));
    logger.info({ table: table.version, routes }, `routes of version ${table.version} are in use`);
  }

  let seen = readFileSync(file, 'utf8');
  take(seen);
  // Asked again and again, because what is mounted is replaced by a link in one step, which tells no one.
  const timer = setInterval(() => {
    try {
      const text = readFileSync(file, 'utf8');
      if (text === seen) {
        return;
      }
      seen = text;
      isRefused = true;
      take(text);
      isRefused = false;
    } catch (error) {
      logger.error({ err: error }, `the new routes are refused, those before stay in use: ${(error as Error).message}`);
    }
  }, lookEveryMs);
  return { close: () => clearInterval(timer) };
}
