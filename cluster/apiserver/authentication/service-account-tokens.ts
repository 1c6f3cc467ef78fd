import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../../lib/clock.ts';

export const defaultAudience = 'https://kubernetes.default.svc.cluster.local';

export interface TokenClaims {
  namespace: string;
  name: string;
  /** UID of the service account: a successor of the same name does not inherit its tokens. */
  uid: string;
  /** The token is good for as long as this pod is there. */
  pod?: { name: string; uid: string };
}

/** Issues and checks the tokens of service accounts: JSON web tokens, as those of a real cluster are. */
export interface ServiceAccountTokens {
  issue(claims: TokenClaims, options: { lifetimeSeconds: number; audiences?: readonly string[] }): string;
  /** Undefined for a text that is no token of this server, has expired, or is meant for others. */
  verify(token: string): TokenClaims | undefined;
}

interface Payload {
  aud: readonly string[];
  sub: string;
  exp: number;
  'kubernetes.io': { namespace: string; serviceaccount: { name: string; uid: string }; pod?: TokenClaims['pod'] };
}

/** Differs: tokens are signed by a shared secret that lives as long as the server; outsiders cannot check them. */
export function createServiceAccountTokens(clock: Clock): ServiceAccountTokens {
  const secret = randomBytes(32);
  const sign = (text: string) => createHmac('sha256', secret).update(text).digest();

  return {
    issue({ namespace, name, uid, pod }, { lifetimeSeconds, audiences = [defaultAudience] }) {
      const now = Math.floor(clock.now() / 1000);
      const payload = {
        aud: audiences,
        exp: now + lifetimeSeconds,
        iat: now,
        iss: defaultAudience,
        jti: randomUUID(),
        'kubernetes.io': { namespace, ...(pod ? { pod } : {}), serviceaccount: { name, uid } },
        nbf: now,
        sub: `system:serviceaccount:${namespace}:${name}`,
      };
      const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(payload)}`;
      return `${text}.${sign(text).toString('base64url')}`;
    },

    verify(token) {
      const [header, body, signature, ...rest] = token.split('.');
      if (!header || !body || !signature || rest.length > 0) return undefined;
      const expected = sign(`${header}.${body}`);
      const given = Buffer.from(signature, 'base64url');
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
      const payload = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as Payload;
      if (payload.exp * 1000 <= clock.now() || !payload.aud.includes(defaultAudience)) return undefined;
      const { namespace, serviceaccount, pod } = payload['kubernetes.io'];
      return { namespace, ...serviceaccount, ...(pod ? { pod } : {}) };
    },
  };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
