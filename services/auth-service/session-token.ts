import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import * as v from 'valibot';

const claims = v.object({ customer: v.string(), kind: v.picklist(['user', 'guest']), expiresAtMs: v.number() });

/** Whose session it is, and for how long: what a token says. */
export type Claims = v.InferOutput<typeof claims>;

/** A token that anybody with the key can verify without having seen it before. */
export function signToken(key: string, session: Claims): string {
  // Two sessions that begin in the same millisecond are still two.
  const nonce = randomBytes(6).toString('base64url');
  const payload = Buffer.from(JSON.stringify({ ...session, nonce })).toString('base64url');
  return `${payload}.${signature(key, payload)}`;
}

/** Undefined when it was not signed with this key, or its time is over. */
export function readToken(key: string, token: string, nowMs: number): Claims | undefined {
  const [payload = '', shown = ''] = token.split('.');
  const [expected, given] = [signature(key, payload), shown].map((text) => Buffer.from(text)) as [Buffer, Buffer];
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) {
    return undefined;
  }
  const read = v.parse(claims, JSON.parse(Buffer.from(payload, 'base64url').toString()));
  return read.expiresAtMs > nowMs ? read : undefined;
}

function signature(key: string, payload: string): string {
  return createHmac('sha256', key).update(payload).digest('base64url');
}
