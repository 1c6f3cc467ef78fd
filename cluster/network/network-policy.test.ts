import { describe, expect, it } from 'vitest';
import type { Namespace, NetworkPolicy } from '../objects/types.ts';
import { isAllowed, type Party, type Protocol } from './network-policy.ts';

type Spec = NonNullable<NetworkPolicy['spec']>;

const party = (ip: string, app: string, namespace = 'shop'): Party => ({
  ip,
  pod: { namespace, labels: { app }, ports: new Map([['http', 3000]]) },
});
const web = party('10.42.0.2', 'web');
const client = party('10.42.0.3', 'client');
const stranger = party('10.42.0.4', 'client', 'other');
const outside: Party = { ip: '203.0.113.7' };
const namespaces = ['shop', 'other'].map((name): Namespace => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { team: name } },
}));

const policy = (spec: Partial<Spec>): NetworkPolicy => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'p', namespace: 'shop' },
  spec: { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress'], ...spec },
});
const allows = (specs: Partial<Spec>[], from: Party, to = web, port = 3000, protocol: Protocol = 'TCP') =>
  isAllowed({ policies: specs.map(policy), namespaces }, from, to, port, protocol);

describe('a pod', () => {
  it('that no policy selects is open', () => {
    expect(allows([], client)).toBe(true);
    expect(allows([{ podSelector: { matchLabels: { app: 'db' } } }], client)).toBe(true);
  });

  it('that a policy selects is closed to all that it does not name, but not to itself', () => {
    expect(allows([{}], client)).toBe(false);
    expect(allows([{ podSelector: {} }], client)).toBe(false);
    expect(allows([{}], web)).toBe(true);
    expect(allows([{}], web, client)).toBe(true);
  });

  it('takes what one of several policies allows', () => {
    expect(allows([{}, { ingress: [{}] }], client)).toBe(true);
  });

  it('tells namespaces apart: a pod selector means the own one', () => {
    const app = { podSelector: { matchLabels: { app: 'client' } } };
    const other = { namespaceSelector: { matchLabels: { team: 'other' } } };
    expect(allows([{ ingress: [{ from: [app] }] }], client)).toBe(true);
    expect(allows([{ ingress: [{ from: [app] }] }], stranger)).toBe(false);
    expect(allows([{ ingress: [{ from: [other] }] }], stranger)).toBe(true);
    expect(allows([{ ingress: [{ from: [other] }] }], client)).toBe(false);
    expect(allows([{ ingress: [{ from: [{ ...app, ...other }] }] }], stranger)).toBe(true);
    expect(allows([{ ingress: [{ from: [{ ...app, namespaceSelector: {} }] }] }], stranger)).toBe(true);
  });

  it.each([
    ['by number', { port: 3000 }, true],
    ['by name', { port: 'http' }, true],
    ['by an unknown name', { port: 'https' }, false],
    ['by range', { port: 2000, endPort: 4000 }, true],
    ['by a range beside it', { port: 3001, endPort: 4000 }, false],
    ['of another protocol', { port: 3000, protocol: 'UDP' }, false],
    ['of the protocol alone', { protocol: 'TCP' }, true],
  ])('is open at a port %s: %o %s', (_, port, expected) => {
    expect(allows([{ ingress: [{ ports: [port] }] }], client)).toBe(expected);
  });

  it('takes addresses of a block, without the exceptions', () => {
    const block = (cidr: string, except: string[] = []) => [{ ingress: [{ from: [{ ipBlock: { cidr, except } }] }] }];
    expect(allows(block('203.0.113.0/24'), outside)).toBe(true);
    expect(allows(block('203.0.113.0/24', ['203.0.113.0/28']), outside)).toBe(false);
    expect(allows(block('10.0.0.0/8'), outside)).toBe(false);
    expect(allows(block('0.0.0.0/0'), outside)).toBe(true);
  });

  it('goes out only where a policy lets it, and only where it is let in', () => {
    const egress = (to: object[]) => ({ policyTypes: ['Egress'], egress: [{ to }] });
    const toClient = egress([{ podSelector: { matchLabels: { app: 'client' } } }]);
    expect(allows([{ policyTypes: ['Egress'] }], web, client)).toBe(false);
    expect(allows([{ policyTypes: ['Egress'] }], client, web)).toBe(true);
    expect(allows([toClient], web, client)).toBe(true);
    expect(allows([toClient], web, stranger)).toBe(false);
    expect(allows([toClient, { podSelector: { matchLabels: { app: 'client' } } }], web, client)).toBe(false);
  });
});
