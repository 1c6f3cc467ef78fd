import { describe, expect, it } from 'vitest';
import { post, startForTest } from '../shared/testing.ts';
import { createApp } from './app.ts';
import { variables } from './config.ts';

const start = () => startForTest('auth-service', createApp, variables);

interface Ticket {
  token: string;
  customer?: string;
}

describe('auth-service', () => {
  it('knows a user by the token of the login', async () => {
    const { url } = await start();
    const login = await post(`${url}/login`, { username: 'alice', password: 'cloudmart' });
    expect(login.status).toBe(200);
    const { token } = (await login.json()) as Ticket;
    const session = await fetch(`${url}/session`, { headers: { authorization: `Bearer ${token}` } });
    expect(await session.json()).toEqual({ customer: 'alice', kind: 'user' });
  });

  it.each([
    [{ username: 'alice', password: 'wrong' }, 401],
    [{ username: 'mallory', password: 'cloudmart' }, 401],
    [{ username: 'alice' }, 400],
    ['[]', 400],
  ])('refuses the login %j with %i', async (body, status) => {
    const { url } = await start();
    expect((await post(`${url}/login`, body)).status).toBe(status);
  });

  it.each(['Bearer made-up', 'Basic YWxpY2U6', 'Bearer', ''])('refuses the token %j', async (authorization) => {
    const { url } = await start();
    expect((await fetch(`${url}/session`, { headers: { authorization } })).status).toBe(401);
  });

  it('gives every guest a name and a session', async () => {
    const { url } = await start();
    const guest = (await (await post(`${url}/sessions/guest`, {})).json()) as Ticket;
    const session = await fetch(`${url}/session`, { headers: { authorization: `Bearer ${guest.token}` } });
    expect(await session.json()).toEqual({ customer: guest.customer, kind: 'guest' });
    expect(guest.customer).toMatch(/^guest-/);
  });
});
