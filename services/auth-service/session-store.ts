import { randomBytes } from 'node:crypto';
import { profileOf } from './profile.ts';

export interface Session {
  token: string;
  customer: string;
  kind: 'user' | 'guest';
  expiresAtMs: number;
  /** What recommendations look at; by far the largest part, about 24 KB. */
  profile: Float64Array;
}

export interface SessionStore {
  open(customer: string, kind: Session['kind']): Session;
  find(token: string): Session | undefined;
  readonly size: number;
}

/**
 * Sessions in memory. When full, the one that was not used for the longest time makes room: memory grows with
 * traffic up to `capacity` records and no further.
 */
export function createSessionStore(options: { capacity: number; ttlSeconds: number; now: () => number }): SessionStore {
  // A Map remembers the order of insertion, so the first key is the least recently used.
  const sessions = new Map<string, Session>();
  return {
    open(customer, kind) {
      const token = randomBytes(24).toString('base64url');
      const expiresAtMs = options.now() + options.ttlSeconds * 1000;
      const session = { token, customer, kind, expiresAtMs, profile: profileOf(customer) };
      sessions.set(token, session);
      if (sessions.size > options.capacity) {
        sessions.delete(sessions.keys().next().value as string);
      }
      return session;
    },
    find(token) {
      const session = sessions.get(token);
      if (!session) {
        return undefined;
      }
      sessions.delete(token);
      if (session.expiresAtMs <= options.now()) {
        return undefined;
      }
      sessions.set(token, session);
      return session;
    },
    get size() {
      return sessions.size;
    },
  };
}
