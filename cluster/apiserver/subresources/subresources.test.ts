import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/helpers/fake-clock.ts';
import type { Pod } from '../../objects/types.ts';
import type { LogOptions, NodeProxy } from '../node-proxy.ts';
import type { ApiResponse } from '../request-handler.ts';
import { createApiServer, type ApiServer } from '../server.ts';
import { parseLogOptions } from './log.ts';
import { parseProxyName } from './proxy.ts';

let backend: Server;
let server: ApiServer;
let asked: LogOptions[];

const shop = '/api/v1/namespaces/shop';

function send(method: string, path: string, body: object = new Uint8Array(), query = ''): Promise<ApiResponse> {
  const { signal } = new AbortController();
  const headers = { 'content-type': 'application/json' };
  return server.handle({
    method,
    path,
    query: new URLSearchParams(query),
    headers,
    body,
    user: 'kubernetes-admin',
    signal,
  });
}

async function message(response: Promise<ApiResponse>): Promise<unknown> {
  const answer = await response;
  return answer.type === 'object' ? (answer.object as { message?: string }).message : answer.type;
}

async function body(response: Promise<ApiResponse>): Promise<string> {
  const answer = await response;
  if (answer.type !== 'stream') throw new Error(`no stream but ${answer.type}`);
  return text(answer.stream);
}

function nodeProxy(): NodeProxy {
  return {
    logs: (_, options) => {
      asked.push(options);
      return Promise.resolve(Readable.from(['one\n', 'two\n']));
    },
    exec: () => Promise.reject(new Error('not here')),
    attach: () => Promise.reject(new Error('not here')),
    connect: (_, port) =>
      new Promise((resolve, reject) => {
        const target = port === 3000 ? (backend.address() as AddressInfo).port : 1;
        const socket = connect(target, '127.0.0.1', () => resolve(socket));
        socket.on('error', reject);
      }),
    podUsage: () => [
      {
        namespace: 'shop',
        name: 'web',
        labels: { app: 'web' },
        timestampMs: Date.parse('2026-11-20T16:47:00Z'),
        windowMs: 15_000,
        containers: [{ name: 'app', cpuNanoCores: 1_500_000, workingSetBytes: 64 * 1024 * 1024 }],
      },
    ],
    nodeUsage: () => [],
  };
}

beforeEach(async () => {
  asked = [];
  backend = createServer((request, response) => {
    response.writeHead(201, { 'x-path': request.url ?? '' });
    response.end(`${request.method} ${request.url}`);
  });
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
  server = createApiServer({ clock: new FakeClock(), nodeProxy });
  await send('POST', '/api/v1/namespaces', { metadata: { name: 'shop' } });
  const ports = [{ containerPort: 3000 }];
  const spec = { nodeName: 'node-1', containers: [{ name: 'app', image: 'demo:1', ports }] };
  await send('POST', `${shop}/pods`, { metadata: { name: 'web' }, spec });
  await send('PUT', `${shop}/pods/web/status`, { metadata: { name: 'web' }, status: { podIP: '10.42.0.2' } });
});

afterEach(async () => {
  await server.close();
  await new Promise((resolve) => backend.close(resolve));
});

describe('logs', () => {
  it('stream from the kubelet', async () => {
    expect(await body(send('GET', `${shop}/pods/web/log`, undefined, 'tailLines=5&timestamps=true'))).toBe(
      'one\ntwo\n',
    );
    expect(asked).toEqual([{ container: 'app', follow: false, previous: false, timestamps: true, tailLines: 5 }]);
  });

  it('count since in seconds back from now', () => {
    const pod = { spec: { containers: [{ name: 'app' }] }, metadata: { name: 'web' } } as Pod;
    expect(parseLogOptions(pod, new URLSearchParams('sinceSeconds=10'), 60_000).sinceMs).toBe(50_000);
  });

  it('want a container that exists, and its name when there are several', () => {
    const containers = [{ name: 'app' }, { name: 'side' }];
    const pod = { spec: { containers, initContainers: [{ name: 'init' }] }, metadata: { name: 'web' } } as Pod;
    const parse = (query: string) => () => parseLogOptions(pod, new URLSearchParams(query), 0);
    expect(parse('')).toThrow('a container name must be specified for pod web, choose one of: [init app side]');
    expect(parse('container=nope')).toThrow('container nope is not valid for pod web');
    expect(parse('container=init')().container).toBe('init');
  });
});

describe('the proxy', () => {
  it('passes path, query and answer through', async () => {
    const response = send('GET', `${shop}/pods/web:3000/proxy/api/orders`, undefined, 'limit=2');
    expect(await body(response)).toBe('GET /api/orders?limit=2');
    expect(await response).toMatchObject({ code: 201, headers: { 'x-path': '/api/orders?limit=2' } });
  });

  it('says what Kubernetes says when nobody listens', async () => {
    expect(await message(send('GET', `${shop}/pods/web:9/proxy/`))).toBe(
      'error trying to reach service: dial tcp 10.42.0.2:9: connect: connection refused',
    );
  });

  it('of a service goes to a ready endpoint, and fails when there is none', async () => {
    await send('POST', `${shop}/services`, {
      metadata: { name: 'web' },
      spec: { ports: [{ name: 'http', port: 80, targetPort: 3000 }] },
    });
    expect(await message(send('GET', `${shop}/services/web/proxy/`))).toBe('no endpoints available for service "web"');
    await send('POST', '/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices', {
      metadata: { name: 'web-1', labels: { 'kubernetes.io/service-name': 'web' } },
      addressType: 'IPv4',
      ports: [{ name: 'http', port: 3000 }],
      endpoints: [{ addresses: ['10.42.0.2'], conditions: { ready: true }, targetRef: { kind: 'Pod', name: 'web' } }],
    });
    expect(await body(send('GET', `${shop}/services/http:web:http/proxy/healthz`))).toBe('GET /healthz');
  });

  it.each([
    ['web', { name: 'web' }],
    ['web:80', { name: 'web', port: '80' }],
    ['https:web:80', { name: 'web', port: '80' }],
    ['http:web:', { name: 'web' }],
  ])('reads %s', (name, parsed) => {
    expect(parseProxyName(name)).toEqual(parsed);
  });
});

describe('the others', () => {
  it('measure pods for kubectl top', async () => {
    const answer = await send('GET', '/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods');
    expect(answer).toMatchObject({
      object: {
        items: [{ metadata: { name: 'web' }, containers: [{ usage: { cpu: '1500000n', memory: '65536Ki' } }] }],
      },
    });
  });

  it('bind a pod once', async () => {
    const binding = { target: { kind: 'Node', name: 'node-2' } };
    expect(await message(send('POST', `${shop}/pods/web/binding`, binding))).toBe(
      'Operation cannot be fulfilled on pods/binding "web": pod web is already assigned to node "node-1"',
    );
  });

  it('ask for an upgrade where plain HTTP is not enough', async () => {
    expect(await message(send('POST', `${shop}/pods/web/exec`))).toBe('Upgrade request required');
  });
});
