import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../lib/clock.ts';
import { askUrl } from './http.ts';
import { outcomeOf, placeOrder } from './order-client.ts';

let server: Server | undefined;

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

describe('asking an entrance that misbehaves', () => {
  it('gives up when no answer comes', async () => {
    const url = await serve(() => {});
    expect(await askUrl(url, { timeoutMs: 50 })).toMatchObject({ status: null, problem: 'no answer within 0.05 s' });
  });

  it('gives up when the answer never ends', async () => {
    const url = await serve((_, response) => void response.writeHead(200).write('{'));
    expect(await askUrl(url, { timeoutMs: 50 })).toMatchObject({ status: null, problem: 'no answer within 0.05 s' });
  });

  it('does not read a gigabyte', async () => {
    const url = await serve((_, response) => {
      const pour = (): void => {
        if (!response.destroyed && response.write(Buffer.alloc(64 * 1024))) setImmediate(pour);
        else response.once('drain', pour);
      };
      pour();
    });
    expect(await askUrl(url, { timeoutMs: 5_000 })).toMatchObject({ problem: 'the answer is larger than 64 KB' });
  });

  it('says that nobody listens', async () => {
    const url = await serve(() => {});
    await new Promise((resolve) => server!.close(resolve));
    expect(await askUrl(url, { timeoutMs: 500 })).toMatchObject({ status: null, problem: 'connection refused' });
  });

  it('does not take a 200 for an order', async () => {
    const url = await serve((_, response) => void response.end('{"id":"1","reference":"somebody else\'s"}'));
    const order = await placeOrder(url, { item: 'laptop', quantity: 1 }, { clock: systemClock });
    expect(order.id).toBeUndefined();
    expect(outcomeOf(order)).toBe('200 with an answer that is not our order');
  });

  it('stops when it is told to', async () => {
    const url = await serve(() => {});
    const stop = new AbortController();
    const asked = askUrl(url, { timeoutMs: 5_000, signal: stop.signal });
    stop.abort(new Error('Ctrl-C'));
    await expect(asked).rejects.toThrow('Ctrl-C');
  });
});
