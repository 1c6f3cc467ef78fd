import { describe, expect, it } from 'vitest';
import { startForTest } from '../shared/testing.ts';
import { createApp } from './app.ts';
import { variables } from './config.ts';

describe('the stand-in', () => {
  it('answers as its script says, repeats the last answer, and remembers who asked', async () => {
    const { url } = await startForTest('stand-in', createApp, variables);
    const script = {
      answers: [
        { status: 503, times: 2 },
        { status: 200, body: { id: 7 }, delayMs: 20 },
      ],
    };
    const put = await fetch(`${url}/scripts/one`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(script),
    });
    expect(put.status).toBe(204);
    const statuses: number[] = [];
    for (let call = 0; call < 4; call++) {
      statuses.push((await fetch(`${url}/s/one/orders/${call}`)).status);
    }
    expect(statuses).toEqual([503, 503, 200, 200]);
    expect(await (await fetch(`${url}/s/one`)).json()).toEqual({ id: 7 });
    const { requests } = (await (await fetch(`${url}/scripts/one`)).json()) as { requests: object[] };
    expect(requests).toHaveLength(5);
    expect(requests[2]).toMatchObject({ method: 'GET', path: '/orders/2', status: 200 });
  });

  it('knows no script that was not given or was taken away', async () => {
    const { url } = await startForTest('stand-in', createApp, variables);
    expect((await fetch(`${url}/s/two`)).status).toBe(404);
    expect((await fetch(`${url}/scripts/two`, { method: 'DELETE' })).status).toBe(204);
    expect((await fetch(`${url}/scripts/two`, { method: 'PUT', body: '{}' })).status).toBe(400);
  });
});
