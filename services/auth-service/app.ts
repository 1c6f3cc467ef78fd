import { randomBytes, randomUUID } from 'node:crypto';
import { Router } from 'express';
import * as v from 'valibot';
import type { ServiceContext } from '../shared/context.ts';
import { gaugeOf } from '../shared/metrics.ts';
import { parseInput, Problem } from '../shared/problem.ts';
import { type App, createShell } from '../shared/shell.ts';
import type { Config } from './config.ts';
import { deriveSessionKey } from './session-key.ts';
import { createSessionStore, type Session } from './session-store.ts';
import { isUser } from './users.ts';

const credentials = v.object(
  {
    username: v.pipe(v.string('must be a text'), v.maxLength(128, 'has at most 128 characters')),
    password: v.pipe(v.string('must be a text'), v.maxLength(128, 'has at most 128 characters')),
  },
  'must be a JSON object with username and password',
);

/** Who is who: sign-in, guest sessions, and the answer to whose token this is. */
export async function createApp(service: ServiceContext, config: Config): Promise<App> {
  if (config.SESSION_KEY === undefined) {
    service.logger.warn('there is no SESSION_KEY: tokens are signed with a random one, and end with this process');
  }
  const words = config.SESSION_KEY ?? randomBytes(32).toString('base64url');
  service.logger.info({ rounds: config.SESSION_KEY_ROUNDS }, 'deriving the session key');
  const sessions = createSessionStore({
    key: await deriveSessionKey(words, config.SESSION_KEY_ROUNDS),
    capacity: config.SESSION_CAPACITY,
    ttlSeconds: config.SESSION_TTL_SECONDS,
    now: Date.now,
  });
  gaugeOf(service.metrics, 'sessions', 'Open sessions kept in memory', () => sessions.size);
  const routes = Router();

  routes.post('/login', async (request, response) => {
    const { username, password } = parseInput(credentials, request.body);
    if (!(await isUser(username, password))) {
      throw new Problem(401, 'User name and password do not match.');
    }
    response.json(ticket(sessions.open(username, 'user')));
  });
  routes.post('/sessions/guest', (_request, response) => {
    const session = sessions.open(`guest-${randomUUID().slice(0, 8)}`, 'guest');
    response.json({ ...ticket(session), customer: session.customer });
  });
  routes.get('/session', (request, response) => {
    const token = /^Bearer (\S{1,512})$/i.exec(request.header('authorization') ?? '')?.[1];
    const session = token === undefined ? undefined : sessions.find(token);
    if (!session) {
      throw new Problem(401, 'The token is not valid, or has expired.');
    }
    response.json({ customer: session.customer, kind: session.kind });
  });

  return { handler: createShell(service, { routes }), close: async () => {} };
}

function ticket(session: Session): { token: string; expiresAt: string } {
  return { token: session.token, expiresAt: new Date(session.expiresAtMs).toISOString() };
}
