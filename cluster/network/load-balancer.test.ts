import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../lib/clock.ts';
import { createLoadBalancer } from './load-balancer.ts';
import { createListInformers, service, slice } from './testing/fixtures.ts';

const disposables: AsyncDisposable[] = [];
afterEach(async () => {
  for (const disposable of disposables.splice(0)) await disposable[Symbol.asyncDispose]();
});

/** A server on a port of its own; answers with what it was sent when that has ended. */
async function startEcho(): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    let received = '';
    socket.setEncoding('utf8').on('data', (piece: string) => (received += piece));
    socket.on('end', () => socket.end(`echo ${received}`));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  disposables.push({ [Symbol.asyncDispose]: async () => void (await new Promise((resolve) => server.close(resolve))) });
  return (server.address() as AddressInfo).port;
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function start(candidates: number[]) {
  const informers = createListInformers();
  const backend = await startEcho();
  const network = {
    async connect() {
      const socket = connect({ port: backend, host: '127.0.0.1', allowHalfOpen: true });
      await once(socket, 'connect');
      return socket;
    },
  };
  const loadBalancer = createLoadBalancer({ informers, network, clock: systemClock, ports: { 80: candidates } });
  disposables.unshift(loadBalancer);
  const publish = (type: string, ready = true) => {
    informers.set('endpointslices', [slice('gateway', 8080, [{ ip: '10.42.0.2', uid: 'uid-gateway', ready }])]);
    informers.set('services', [service('gateway', '10.43.0.5', 80, { type })]);
  };
  return { loadBalancer, publish };
}

async function ask(port: number, host = '127.0.0.1'): Promise<string> {
  const socket = connect({ port, host, allowHalfOpen: true });
  socket.end('hello');
  return await text(socket).catch((error: NodeJS.ErrnoException) => error.code ?? 'error');
}

describe('the load balancer', () => {
  it('listens for a Service of its type, keeps half-closed connections and closes with the Service', async () => {
    const port = await freePort();
    const { loadBalancer, publish } = await start([port]);
    publish('LoadBalancer');
    await vi.waitFor(() => expect(loadBalancer.addresses()).toHaveLength(1));
    expect(loadBalancer.addresses()).toEqual([
      { service: 'production/gateway', port: 80, url: `http://localhost:${port}` },
    ]);
    expect(await ask(port)).toBe('echo hello');
    publish('ClusterIP');
    await vi.waitFor(() => expect(loadBalancer.addresses()).toEqual([]));
    expect(await ask(port)).toBe('ECONNREFUSED');
  });

  it('takes the next port when one is taken', async () => {
    const [taken, free] = [await startEcho(), await freePort()];
    const { loadBalancer, publish } = await start([taken, free]);
    publish('LoadBalancer');
    await vi.waitFor(() => expect(loadBalancer.addresses()[0]?.url).toBe(`http://localhost:${free}`));
  });

  it('resets connections while no pod is ready', async () => {
    const port = await freePort();
    const { loadBalancer, publish } = await start([port]);
    publish('LoadBalancer', false);
    await vi.waitFor(() => expect(loadBalancer.addresses()).toHaveLength(1));
    expect(await ask(port)).toBe('ECONNRESET');
  });
});
