import { describe, expect, it } from 'vitest';
import { createPortTable } from './port-table.ts';

const podIp = '10.42.0.2';
const listener = (bind: string, realPort: number, owner: object, share?: number) => ({
  podIp,
  port: 3000,
  bind,
  realPort,
  owner,
  share,
});

describe('the port table', () => {
  it('keeps the same port of two pods apart', () => {
    const table = createPortTable();
    expect(table.add(listener('0.0.0.0', 50_001, {}))).toBe(true);
    expect(table.add({ ...listener('0.0.0.0', 50_002, {}), podIp: '10.42.0.3' })).toBe(true);
    expect(table.find('10.42.0.3', 3000, 'outside')).toBe(50_002);
  });

  it('refuses a second listener, but not on the other one of loopback and pod address', () => {
    const table = createPortTable();
    table.add(listener('127.0.0.1', 50_001, {}));
    expect(table.add(listener('127.0.0.1', 50_002, {}))).toBe(false);
    expect(table.add(listener('0.0.0.0', 50_002, {}))).toBe(false);
    expect(table.add(listener(podIp, 50_002, {}))).toBe(true);
  });

  it('hides a loopback listener from other pods', () => {
    const table = createPortTable();
    table.add(listener('127.0.0.1', 50_001, {}));
    expect(table.find(podIp, 3000, 'outside')).toBeUndefined();
    expect(table.find(podIp, 3000, 'loopback')).toBe(50_001);
  });

  it('deals connections out in turn to the workers of one cluster', () => {
    const table = createPortTable();
    table.add(listener('0.0.0.0', 50_001, {}, 7));
    table.add(listener('0.0.0.0', 50_002, {}, 7));
    expect(table.add(listener('0.0.0.0', 50_003, {}, 8))).toBe(false);
    const found = Array.from({ length: 4 }, () => table.find(podIp, 3000, 'outside'));
    expect(found).toEqual([50_001, 50_002, 50_001, 50_002]);
  });

  it('forgets all of a process that ended', () => {
    const table = createPortTable();
    const owner = {};
    table.add(listener('0.0.0.0', 50_001, owner));
    table.removeOwner(owner);
    expect(table.find(podIp, 3000, 'outside')).toBeUndefined();
  });
});
