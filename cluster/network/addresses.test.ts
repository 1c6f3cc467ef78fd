import { describe, expect, it } from 'vitest';
import { createAddressPool } from './addresses.ts';

describe('addresses of pods', () => {
  it('start behind the gateway and are not taken again at once', () => {
    const pool = createAddressPool('10.42.0.0/24');
    expect(pool.gateway).toBe('10.42.0.1');
    expect(pool.allocate()).toBe('10.42.0.2');
    pool.release('10.42.0.2');
    expect(pool.allocate()).toBe('10.42.0.3');
  });

  it('are reused when the range is through, and run out with the words of the plugin', () => {
    const pool = createAddressPool('10.42.0.0/29');
    const all = Array.from({ length: 5 }, () => pool.allocate());
    expect(new Set(all).size).toBe(5);
    expect(() => pool.allocate()).toThrow('no IP addresses available in range set: 10.42.0.0/29');
    pool.release('10.42.0.4');
    expect(pool.allocate()).toBe('10.42.0.4');
  });
});
