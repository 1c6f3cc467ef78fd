import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { serve } from './serve.ts';
import { drain } from './shutdown.ts';
import { testContext } from './testing.ts';

describe('drain', () => {
  it('answers what was begun, then releases everything and listens no more', async () => {
    const order: string[] = [];
    const { service } = testContext('drain');
    const { server, url } = await serve((_request, response) => {
      void delay(700).then(() => {
        order.push('answered');
        response.end('done');
      });
    }, 0);
    const answer = fetch(url);
    const drained = drain(service, server, async () => {
      order.push('closed');
    });
    expect(service.draining).toBe(true);
    expect(await (await answer).text()).toBe('done');
    await drained;
    expect(order).toEqual(['answered', 'closed']);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });
});
