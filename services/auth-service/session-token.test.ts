import { describe, expect, it } from 'vitest';
import { readToken, signToken } from './session-token.ts';

const session = { customer: 'alice', kind: 'user' as const, expiresAtMs: 1_000 };
const token = signToken('key-one', session);

describe('a token', () => {
  it('tells whoever has the key whose it is, until its time is over', () => {
    expect(readToken('key-one', token, 999)).toEqual(session);
    expect(readToken('key-one', token, 1_000)).toBeUndefined();
  });

  it('says nothing to another key', () => {
    expect(readToken('key-two', token, 0)).toBeUndefined();
  });

  it('does not survive a change', () => {
    const [payload = '', signature] = token.split('.');
    const forged = Buffer.from(payload, 'base64url').toString().replace('alice', 'bobby');
    expect(readToken('key-one', `${Buffer.from(forged).toString('base64url')}.${signature}`, 0)).toBeUndefined();
    for (const nonsense of ['', '.', 'made-up', `${payload}.`, `.${signature}`]) {
      expect(readToken('key-one', nonsense, 0)).toBeUndefined();
    }
  });

  it('is never given twice', () => {
    expect(signToken('key-one', session)).not.toBe(token);
  });
});
