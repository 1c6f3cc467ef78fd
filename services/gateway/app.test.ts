import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { serveForTest, startForTest } from '../shared/testing.ts';
import { createApp } from './app.ts';
import { variables } from './config.ts';
import { readRouteTable } from './route-table.ts';
import { routesFile, tableOf } from './testing.ts';

const answering = (name: string): Promise<string> =>
  serveForTest((request, response) => void response.end(`${name} ${request.url}`));

async function startGateway(services: Record<string, string>) {
  const file = await routesFile(services);
  const gateway = await startForTest('gateway', createApp, variables, { ROUTES_FILE: file });
  const ask = async (path: string) => {
    const answer = await fetch(gateway.url + path);
    return answer.status === 200 ? answer.text() : answer.status;
  };
  return { ...gateway, file, ask };
}

describe('the gateway', () => {
  it('asks the service that the longest path names, without the /api in front, and nobody for other paths', async () => {
    const services = { '/api/orders': await answering('one'), '/api/orders/mine': await answering('two') };
    const { ask } = await startGateway(services);
    expect(await ask('/api/orders?limit=2')).toBe('one /orders?limit=2');
    expect(await ask('/api/orders/7')).toBe('one /orders/7');
    expect(await ask('/api/orders/mine')).toBe('two /orders/mine');
    expect(await ask('/api/ordersx')).toBe(404);
    expect(await ask('/api/metrics')).toBe(404);
  });

  it('takes up a new table, and keeps the one before when the new one has a mistake', async () => {
    const [one, two] = [await answering('one'), await answering('two')];
    const { ask, file, url, log } = await startGateway({ '/api/orders': one });
    await writeFile(file, tableOf({ '/api/orders': two }, '2'));
    await expect.poll(() => ask('/api/orders'), { timeout: 5_000 }).toBe('two /orders');
    expect(await ask('/metrics')).toMatch(/gateway_routes_info\{version="2"[^}]*\} 1/);
    await writeFile(file, tableOf({ '/api/orders': 'nowhere' }, '3'));
    await expect.poll(() => log.at(-1)?.['msg'], { timeout: 5_000 }).toMatch(/refused.*routes\.0\.to must be a URL/);
    expect(await ask('/api/orders')).toBe('two /orders');
    expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/gateway_routes_refused\{[^}]*\} 1/);
  });
});

describe('readRouteTable', () => {
  const route = { path: '/api/orders', to: 'http://api' };

  it.each([
    ['{"version":"1",', /not JSON/],
    ['[]', /must be an object/],
    [JSON.stringify({ version: '1', routes: [] }), /routes must not be empty/],
    [JSON.stringify({ version: 1, routes: [route] }), /version must be a text/],
    [JSON.stringify({ version: '1', routes: [{ ...route, path: '/orders' }] }), /routes\.0\.path must be/],
    [JSON.stringify({ version: '1', routes: [{ ...route, to: 'api:80' }] }), /routes\.0\.to must be a URL/],
    [JSON.stringify({ version: '1', routes: [{ ...route, rewrite: '/' }] }), /routes\.0\.rewrite/],
  ])('refuses %s', (text, problem) => {
    expect(() => readRouteTable(text)).toThrow(problem);
  });
});
