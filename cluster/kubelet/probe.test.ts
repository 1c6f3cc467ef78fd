import { createServer } from 'node:http';
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

/** Only port 3000 of the pod has a listener. */
const pod: PodHandle = {
  ip: '10.42.0.10',
  connect: (port) =>
    new Promise((resolve, reject) => {
      if (port !== 3000) {
        reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
        return;
      }
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1', () => resolve(socket));
    }),
  exec: (_container, command) =>
    Promise.resolve({ exitCode: command[0] === 'true' ? 0 : 1, output: Buffer.from('no') }),
};

const ask = (probe: Probe) => runProbe({ timeoutSeconds: 5, ...probe }, container, pod, systemClock);

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => {
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

  it('waits for a gRPC server until the time is up', async () => {
    expect(await ask({ timeoutSeconds: 0.2, grpc: { port: 9090 } })).toEqual({
      kind: 'failure',
      output: 'timeout: failed to connect service "10.42.0.10:9090" within 200ms: context deadline exceeded',
    });
  });

  it('does not hold a command against the container that it does not have', async () => {
    const broken: PodHandle = { ...pod, exec: () => Promise.reject(new Error('failed to exec in container: no such')) };
    expect(await runProbe({ exec: { command: ['alive'] } }, container, broken, systemClock)).toEqual({
      kind: 'unknown',
      error: 'rpc error: code = Unknown desc = failed to exec in container: no such',
    });
  });
});
