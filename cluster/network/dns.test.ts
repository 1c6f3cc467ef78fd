import { describe, expect, it } from 'vitest';
import { resolveName } from './dns.ts';
import { service, slice } from './testing/fixtures.ts';

const asker = { namespace: 'production', hostname: 'web-1', ip: '10.42.0.9' };
const zone = {
  clusterDomain: 'cluster.local',
  services: [
    service('auth', '10.43.0.5', 80),
    service('peers', 'None', 80),
    service('empty', 'None', 80),
    service('alias', '', 80, { type: 'ExternalName', externalName: 'auth.production.svc.cluster.local' }),
    service('outside', '', 80, { type: 'ExternalName', externalName: 'example.com' }),
  ],
  slices: [slice('peers', 80, [{ ip: '10.42.0.3' }, { ip: '10.42.0.4', ready: false }])],
};
const addressesOf = (name: string, from = asker) => resolveName(name, from, zone).addresses;

describe('names in the cluster', () => {
  it.each([
    'auth',
    'auth.production',
    'auth.production.svc',
    'AUTH.production.svc.cluster.local',
    'auth.production.svc.cluster.local.',
  ])('%s is the Service', (name) => expect(addressesOf(name)).toEqual(['10.43.0.5']));

  it('are searched in the own namespace only', () => {
    expect(addressesOf('auth', { ...asker, namespace: 'other' })).toEqual([]);
    expect(addressesOf('auth.production', { ...asker, namespace: 'other' })).toEqual(['10.43.0.5']);
  });

  it('of a headless Service are its ready pods', () => {
    expect(addressesOf('peers')).toEqual(['10.42.0.3']);
    expect(resolveName('empty', asker, zone)).toMatchObject({ addresses: [], exists: true });
  });

  it('follow an ExternalName inside the cluster and end outside', () => {
    expect(addressesOf('alias')).toEqual(['10.43.0.5']);
    expect(resolveName('outside', asker, zone)).toMatchObject({ addresses: [], exists: false });
  });

  it('include the pod itself and localhost', () => {
    expect(addressesOf('web-1')).toEqual(['10.42.0.9']);
    expect(addressesOf('localhost')).toEqual(['127.0.0.1']);
  });

  it.each(['databse', 'auth.', 'auth.staging', 'example.com', 'x.auth', ''])('%s does not exist', (name) => {
    expect(resolveName(name, asker, zone).exists).toBe(false);
  });
});
