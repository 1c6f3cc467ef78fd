import { expect, it } from 'vitest';
import { parseTarget } from './target.ts';

it.each([
  ['/api/v1/nodes/node-1', { group: '', version: 'v1', resource: 'nodes', name: 'node-1' }],
  ['/api/v1/namespaces/shop', { group: '', version: 'v1', resource: 'namespaces', name: 'shop' }],
  [
    '/api/v1/namespaces/shop/finalize',
    { group: '', version: 'v1', resource: 'namespaces', name: 'shop', subresource: 'finalize' },
  ],
  [
    '/apis/apps/v1/namespaces/shop/deployments',
    { group: 'apps', version: 'v1', resource: 'deployments', namespace: 'shop' },
  ],
  [
    '/api/v1/namespaces/shop/services/http:web:80/proxy/api/orders',
    {
      group: '',
      version: 'v1',
      resource: 'services',
      namespace: 'shop',
      name: 'http:web:80',
      subresource: 'proxy',
      rest: '/api/orders',
    },
  ],
  [
    '/api/v1/watch/namespaces/shop/pods/web-1',
    { group: '', version: 'v1', resource: 'pods', namespace: 'shop', name: 'web-1', isWatch: true },
  ],
  ['/apis/apps/v1/watch/deployments', { group: 'apps', version: 'v1', resource: 'deployments', isWatch: true }],
  ['/api/v1/watch', undefined],
  ['/api/v1', undefined],
  ['/healthz', undefined],
])('%s names %o', (path, target) => {
  expect(parseTarget(path)).toEqual(target);
});
