import { once } from 'node:events';
import { request } from 'node:http';
import { Router, type Response } from 'express';
import { describe, expect, it } from 'vitest';
import { createShell } from './shell.ts';
import { post, serveForTest, testContext } from './testing.ts';

async function startShell(env: NodeJS.ProcessEnv = {}) {
  const { service, log } = testContext('shell', env);
  const routes = Router();
  routes.post('/echo', (req, res) => {
    res.json(req.body);
  });
  routes.get('/broken/:id', () => {
    throw new Error('a bug');
  });
  // The caller hears nothing; the test hears of it.
  const { promise: unanswered, resolve } = Promise.withResolvers<Response>();
  routes.get('/never', (_, res) => resolve(res));
  return { url: await serveForTest(createShell(service, { routes })), service, log, unanswered };
}

describe('the shell', () => {
  it.each([
    ['an unknown route', '/nothing', undefined, 404, 'Not Found'],
    ['a body that is no JSON', '/echo', '{"item":', 400, 'Bad Request'],
    ['a body over 16 KB', '/echo', JSON.stringify('x'.repeat(17_000)), 413, 'Payload Too Large'],
  ])('answers %s with a problem document and logs no error', async (_, path, body, status, title) => {
    const { url, log } = await startShell();
    const answer = await (body === undefined ? fetch(url + path) : post(url + path, body));
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await answer.json()).toMatchObject({ type: 'about:blank', title, status, instance: path });
    await expect.poll(() => log).toMatchObject([{ level: 30, status, path }]);
  });

  it('hides a bug from the caller and shows it in the log', async () => {
    const { url, log } = await startShell();
    const answer = await fetch(`${url}/broken/7?full=1`);
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('a bug');
    await expect
      .poll(() => log)
      .toMatchObject([{ level: 50, path: '/broken/7', status: 500, err: { message: 'a bug' } }]);
  });

  it('keeps the request id of the caller, unless it is not fit for a log', async () => {
    const { url } = await startShell();
    const idOf = async (id: string) =>
      (await fetch(`${url}/nothing`, { headers: { 'x-request-id': id } })).headers.get('x-request-id');
    expect(await idOf('order-42')).toBe('order-42');
    expect(await idOf('a b"c')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('does not call it an error when the caller hangs up', async () => {
    const { url, log, unanswered } = await startShell();
    const call = request(`${url}/never`).on('error', () => {});
    call.end();
    const closed = once(await unanswered, 'close');
    call.destroy();
    await closed;
    expect(log).toMatchObject([{ level: 30, status: 499 }]);
  });

  it('fails requests when told to, but never probes and metrics', async () => {
    const { url } = await startShell({ CHAOS_FAILURE_RATE: '1' });
    const statusOf = async (path: string) => (await fetch(url + path)).status;
    expect(await statusOf('/nothing')).toBe(500);
    for (const path of ['/healthz', '/readyz', '/version', '/metrics']) {
      expect(await statusOf(path)).toBe(200);
    }
  });

  it('is alive but not ready while it drains, and asks callers to connect anew', async () => {
    const { url, service } = await startShell();
    service.draining = true;
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    expect((await fetch(`${url}/nothing`)).headers.get('connection')).toBe('close');
  });

  it('measures by route and not by path', async () => {
    const { url } = await startShell();
    await fetch(`${url}/broken/1`);
    await fetch(`${url}/broken/2`);
    await fetch(`${url}/wp-admin`);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toMatch(/http_request_duration_seconds_count\{.*route="\/broken\/:id",status="500".*\} 2/);
    expect(metrics).toMatch(/http_request_duration_seconds_count\{.*route="unmatched",status="404"\} 1/);
    expect(metrics).not.toContain('wp-admin');
  });
});
