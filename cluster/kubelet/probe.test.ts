import { createServer } from 'node:http';
import { createServer as createHttp2Server, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../lib/clock.ts';
import type { Container, Probe } from '../objects/types.ts';
import type { PodHandle } from './pod-handle.ts';
import { runProbe } from './probe.ts';

const container: Container = { name: 'app', ports: [{ name: 'http', containerPort: 3000 }] };
const asked: string[] = [];

const redirects: Record<string, string> = {
  '/old': '/healthz',
  '/moved': 'http://10.42.0.10:3000/ready',
  '/elsewhere': 'http://login.example.com/',
  '/round': '/round',
};

const server = createServer((request, response) => {
  asked.push(
    `${request.url} ${request.headers.host} ${request.headers['user-agent']} ${String(request.headers['x-probe'])}`,
  );
  if (request.url === '/hangs') return;
  const to = redirects[request.url ?? ''];
  if (to) {
    response.writeHead(302, { location: to }).end(`Found. Redirecting to ${to}`);
    return;
  }
  if (request.url === '/resets') request.socket.destroy();
  else response.writeHead(request.url === '/healthz' ? 200 : 404).end();
});

const requestForOrders = Buffer.concat([Buffer.from([0, 0, 0, 0, 8, 0x0a, 6]), Buffer.from('orders')]);

let health: (stream: ServerHttp2Stream) => void = () => {};

/** A gRPC server that answers as `health` does. */
const grpc = createHttp2Server().on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('end', () => {
    asked.push(`${headers[':path']} ${headers['content-type']} ${Buffer.concat(chunks).toString('hex')}`);
    health(stream);
  });
});

function answersWith(message: Buffer, trailers: Record<string, string>): typeof health {
  return (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers(trailers));
    stream.end(message);
  };
}

/** Port 3000 of the pod speaks HTTP, port 5000 gRPC, and nobody listens on any other. */
const pod: PodHandle = {
  ip: '10.42.0.10',
  connect: (port) =>
    new Promise((resolve, reject) => {
      const listener = { 3000: server, 5000: grpc }[port];
      if (!listener) {
        reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
        return;
      }
      const socket = connect((listener.address() as AddressInfo).port, '127.0.0.1', () => resolve(socket));
    }),
  exec: (_container, command) =>
    Promise.resolve({ exitCode: command[0] === 'true' ? 0 : 1, output: Buffer.from('no') }),
};

const ask = (probe: Probe) => runProbe({ timeoutSeconds: 5, ...probe }, container, pod, systemClock);

beforeAll(async () => {
  for (const one of [server, grpc]) await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  grpc.close();
  server.closeAllConnections();
  server.close();
});

describe('runProbe', () => {
  it('asks as a kubelet does', async () => {
    const httpHeaders = [{ name: 'X-Probe', value: 'yes' }];
    expect(await ask({ httpGet: { path: '/healthz', port: 'http', httpHeaders } })).toEqual({ kind: 'success' });
    expect(asked).toContain('/healthz 10.42.0.10:3000 kube-probe/1.34 yes');
  });

  it('follows redirects that stay with the pod', async () => {
    expect(await ask({ httpGet: { path: '/old', port: 3000 } })).toEqual({ kind: 'success' });
    const output = 'HTTP probe failed with statuscode: 404';
    expect(await ask({ httpGet: { path: '/moved', port: 3000 } })).toEqual({ kind: 'failure', output });
  });

  it('warns of a redirect to another host, and gives up where redirects have no end', async () => {
    expect(await ask({ httpGet: { path: '/elsewhere', port: 3000 } })).toEqual({
      kind: 'warning',
      output: 'Probe terminated redirects, Response body: Found. Redirecting to http://login.example.com/',
    });
    expect(await ask({ httpGet: { path: '/round', port: 3000 } })).toEqual({
      kind: 'failure',
      output: 'Get "http://10.42.0.10:3000/round": stopped after 10 redirects',
    });
  });

  it.each([
    ['/ready', 3000, 'HTTP probe failed with statuscode: 404'],
    ['/healthz', 8080, 'Get "http://10.42.0.10:8080/healthz": dial tcp 10.42.0.10:8080: connect: connection refused'],
    ['/resets', 3000, 'Get "http://10.42.0.10:3000/resets": EOF'],
  ])('fails with the words of a kubelet: %s on %i', async (path, port, output) => {
    expect(await ask({ httpGet: { path, port } })).toEqual({ kind: 'failure', output });
  });

  it('gives up on an answer when the time is up', async () => {
    expect(await ask({ timeoutSeconds: 0.2, httpGet: { path: '/hangs', port: 3000 } })).toEqual({
      kind: 'failure',
      output:
        'Get "http://10.42.0.10:3000/hangs": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    });
  });

  it('looks whether a port accepts connections', async () => {
    expect(await ask({ tcpSocket: { port: 3000 } })).toEqual({ kind: 'success' });
    const output = 'dial tcp 10.42.0.10:8080: connect: connection refused';
    expect(await ask({ tcpSocket: { port: 8080 } })).toEqual({ kind: 'failure', output });
  });

  it('runs a command', async () => {
    expect(await ask({ exec: { command: ['true'] } })).toEqual({ kind: 'success' });
    expect(await ask({ exec: { command: ['false'] } })).toEqual({ kind: 'failure', output: 'no' });
  });

  it('does not hold a port against the container that it does not have', async () => {
    expect(await ask({ httpGet: { port: 'admin' } })).toEqual({
      kind: 'unknown',
      error: 'strconv.Atoi: parsing "admin": invalid syntax',
    });
  });

  it('says what the answer was when TLS was expected', async () => {
    expect(await ask({ httpGet: { port: 3000, scheme: 'HTTPS' } })).toEqual({
      kind: 'failure',
      output: 'Get "https://10.42.0.10:3000/": http: server gave HTTP response to HTTPS client',
    });
  });

  it.each([9090, 3000])('waits for a gRPC server on port %d until the time is up', async (port) => {
    expect(await ask({ timeoutSeconds: 0.2, grpc: { port } })).toEqual({
      kind: 'failure',
      output: `timeout: failed to connect service "10.42.0.10:${port}" within 200ms: context deadline exceeded`,
    });
  });

  it('asks a gRPC server for the health of a service', async () => {
    health = answersWith(Buffer.from([0, 0, 0, 0, 2, 8, 1]), { 'grpc-status': '0' });
    expect(await ask({ grpc: { port: 5000, service: 'orders' } })).toEqual({ kind: 'success' });
    expect(asked.at(-1)).toBe(`/grpc.health.v1.Health/Check application/grpc ${requestForOrders.toString('hex')}`);
    expect(await ask({ grpc: { port: 5000 } })).toEqual({ kind: 'success' });
    expect(asked.at(-1)).toMatch(/ 0000000000$/);
  });

  it.each<[string, typeof health, string]>([
    [
      'does not serve',
      answersWith(Buffer.from([0, 0, 0, 0, 2, 8, 2]), { 'grpc-status': '0' }),
      'service unhealthy (responded with "NOT_SERVING")',
    ],
    [
      'does not know the protocol',
      answersWith(Buffer.alloc(0), { 'grpc-status': '12', 'grpc-message': 'unknown%20service' }),
      'error: this server does not implement the grpc health protocol (grpc.health.v1.Health): unknown service',
    ],
    [
      'fails',
      answersWith(Buffer.alloc(0), { 'grpc-status': '14', 'grpc-message': 'no database' }),
      'error: health rpc probe failed: rpc error: code = Unavailable desc = no database',
    ],
    [
      'speaks HTTP/2 and no gRPC',
      (stream) => {
        stream.respond({ ':status': 404 });
        stream.end();
      },
      'error: this server does not implement the grpc health protocol (grpc.health.v1.Health): unexpected HTTP status code received from server: 404 (Not Found)',
    ],
    ['is silent', () => {}, 'timeout: health rpc did not complete within 300ms'],
  ])('says why a gRPC server that %s has failed', async (_, answer, output) => {
    health = answer;
    expect(await ask({ timeoutSeconds: 0.3, grpc: { port: 5000 } })).toEqual({ kind: 'failure', output });
  });

  it('does not hold a command against the container that it does not have', async () => {
    const broken: PodHandle = { ...pod, exec: () => Promise.reject(new Error('failed to exec in container: no such')) };
    expect(await runProbe({ exec: { command: ['alive'] } }, container, broken, systemClock)).toEqual({
      kind: 'unknown',
      error: 'rpc error: code = Unknown desc = failed to exec in container: no such',
    });
  });
});
