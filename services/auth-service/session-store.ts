import { profileOf } from './profile.ts';
import { type Claims, readToken, signToken } from './session-token.ts';

export interface Session extends Claims {
  token: string;
  /** What recommendations look at; by far the largest part, about 24 KB. */
  profile: Float64Array;
}

export interface SessionStore {
  open(customer: string, kind: Session['kind']): Session;
  find(token: string): Session | undefined;
  readonly size: number;
}

/**
 * Open sessions, ready to be used. When there are `capacity` of them, the one that was not used for the longest time
 * makes room: memory grows with traffic up to there and no further. A token that is not among them is opened anew when
 * its signature is good, so neither room nor a restart signs anybody out; another key does.
 */
export function createSessionStore(options: {
  key: string;
  capacity: number;
  ttlSeconds: number;
  now: () => number;
}): SessionStore {
  // A Map remembers the order of insertion, so the first key is the least recently used.
  const sessions = new Map<string, Session>();

  function keep(token: string, claims: Claims): Session {
    const session = { ...claims, token, profile: profileOf(claims.customer) };
    sessions.set(token, session);
    if (sessions.size > options.capacity) {
      sessions.delete(sessions.keys().next().value as string);
    }
    return session;
  }

  return {
    open(customer, kind) {
      const claims = { customer, kind, expiresAtMs: options.now() + options.ttlSeconds * 1000 };
      return keep(signToken(options.key, claims), claims);
    },
    find(token) {
      const session = sessions.get(token);
      if (!session) {
        const claims = readToken(options.key, token, options.now());
        return claims && keep(token, claims);
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
