import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/helpers/fake-clock.ts';
import { createEndpointPicker } from './endpoint-picker.ts';
import { route } from './service-proxy.ts';
import { service, slice } from './testing/fixtures.ts';

const podIps = ['10.42.0.2', '10.42.0.3'];
const table = {
  services: [
    service('web', '10.43.0.5', 80),
    service('down', '10.43.0.6', 80),
    service('kubernetes', '10.43.0.1', 443),
    service('sticky', '10.43.0.7', 80, { sessionAffinity: 'ClientIP' }),
  ],
  slices: [
    slice('web', 8080, [{ ip: '10.42.0.2' }, { ip: '10.42.0.3', ready: false }]),
    slice('kubernetes', 6443, [{ ip: '172.20.0.10' }]),
    slice('down', 8080, [{ ip: '10.42.0.3', ready: false }]),
    slice(
      'sticky',
      8080,
      podIps.map((ip) => ({ ip })),
    ),
  ],
  isPod: (ip: string) => podIps.includes(ip),
  isNode: (ip: string) => ip === '172.20.0.10',
};
const first = createEndpointPicker({ clock: new FakeClock(), random: () => 0 });
const to = (ip: string, port: number) => route(table, '10.42.0.2', { ip, port }, first);

describe('a connection', () => {
  it.each([
    [
      'to a Service goes to a ready pod and the target port',
      '10.43.0.5',
      80,
      { kind: 'pod', ip: '10.42.0.2', port: 8080 },
    ],
    ['to a Service without ready pods is refused', '10.43.0.6', 80, { kind: 'refused' }],
    ['to a port that the Service does not define is swallowed', '10.43.0.5', 8080, { kind: 'dropped' }],
    ['to a pod goes straight there', '10.42.0.3', 9, { kind: 'pod', ip: '10.42.0.3', port: 9 }],
    ['to a Service of the node goes there', '10.43.0.1', 443, { kind: 'node', ip: '172.20.0.10', port: 6443 }],
    ['to the node goes straight there', '172.20.0.10', 80, { kind: 'node', ip: '172.20.0.10', port: 80 }],
    ['to an address of nobody is swallowed', '10.42.0.77', 80, { kind: 'dropped' }],
    ['outside is swallowed', '93.184.216.34', 80, { kind: 'dropped' }],
    ['to loopback stays in the pod', '127.0.0.1', 3000, { kind: 'loopback', port: 3000 }],
  ])('%s', (_what, ip, port, expected) => expect(to(ip, port)).toEqual(expected));

  it('stays with its pod under client affinity until that is forgotten', async () => {
    const clock = new FakeClock();
    const rolls = [0, 0.9, 0.9];
    const pick = createEndpointPicker({ clock, random: () => rolls.shift() ?? 0 });
    const dial = () => route(table, '10.42.0.2', { ip: '10.43.0.7', port: 80 }, pick);
    expect(dial()).toMatchObject({ ip: '10.42.0.2' });
    expect(dial()).toMatchObject({ ip: '10.42.0.2' });
    await clock.advance(10_801_000);
    expect(dial()).toMatchObject({ ip: '10.42.0.3' });
  });
});
