import { expect, it } from 'vitest';
import type { Service } from '../objects/types.ts';
import { ingressOf } from './service-load-balancer.ts';

it('a load balancer has the address of the node, another Service none', () => {
  const node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'node-1' },
    status: { addresses: [{ type: 'InternalIP', address: '172.20.0.10' }] },
  };
  const service = (type: string): Service => ({ apiVersion: 'v1', kind: 'Service', metadata: {}, spec: { type } });
  expect(ingressOf(service('LoadBalancer'), [node])).toEqual([{ ip: '172.20.0.10', ipMode: 'VIP' }]);
  expect(ingressOf(service('ClusterIP'), [node])).toEqual([]);
});
