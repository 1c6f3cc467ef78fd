import { describe, expect, it } from 'vitest';
import { createSessionStore } from './session-store.ts';

const key = 'k'.repeat(32);

describe('the session store', () => {
  it('keeps at most its capacity, and still knows who had to make room', () => {
    const store = createSessionStore({ key, capacity: 2, ttlSeconds: 60, now: () => 0 });
    const [alice, bob] = [store.open('alice', 'user'), store.open('bob', 'user')];
    const carol = store.open('carol', 'user');
    expect(store.size).toBe(2);
    expect([alice, bob, carol].map(({ token }) => store.find(token)?.customer)).toEqual(['alice', 'bob', 'carol']);
    expect(store.size).toBe(2);
  });

  it('knows the customers of another replica when both share the key, and only then', () => {
    const replica = (own: string) => createSessionStore({ key: own, capacity: 2, ttlSeconds: 60, now: () => 0 });
    const { token } = replica(key).open('alice', 'user');
    expect(replica(key).find(token)).toMatchObject({ customer: 'alice', kind: 'user' });
    expect(replica('another').find(token)).toBeUndefined();
  });

  it('forgets a session when its time is over', () => {
    let nowMs = 0;
    const store = createSessionStore({ key, capacity: 2, ttlSeconds: 60, now: () => nowMs });
    const { token } = store.open('alice', 'user');
    nowMs = 59_999;
    expect(store.find(token)).toBeDefined();
    nowMs = 60_000;
    expect(store.find(token)).toBeUndefined();
    expect(store.size).toBe(0);
  });

  it('holds about 24 KB for each session', () => {
    const store = createSessionStore({ key, capacity: 1, ttlSeconds: 60, now: () => 0 });
    expect(store.open('alice', 'user').profile.byteLength).toBe(24 * 1024);
  });
});
