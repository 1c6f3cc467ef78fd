import type { Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import type { Clock } from '../../lib/clock.ts';
import type { Informers } from '../client/informer.ts';
import { endpointSlices, services } from '../client/resources.ts';
import { endpointsOf, type Endpoint } from '../objects/endpoint-slices.ts';
import type { Service } from '../objects/types.ts';
import { createEndpointPicker } from './endpoint-picker.ts';
import type { PodNetwork } from './pod-network.ts';

export interface LoadBalancerAddress {
  /** `namespace/name`. */
  service: string;
  port: number;
  url: string;
}

export interface LoadBalancer extends AsyncDisposable {
  /** Where the Services of type LoadBalancer can be reached now. */
  addresses(): LoadBalancerAddress[];
}

export interface LoadBalancerOptions {
  informers: Informers;
  network: Pick<PodNetwork, 'connect'>;
  clock: Clock;
  /** Ports of this machine to try, in order, for a port of a Service. A port that is not named here is not opened. */
  ports: Readonly<Record<number, readonly number[]>>;
  signal?: AbortSignal;
  /** As `Math.random`. */
  random?: () => number;
  /** Told when no candidate is free, and of every address opened and closed. */
  log?: (message: string) => void;
}

interface Frontend {
  service: string;
  port: number;
  hostPort: number;
  servers: Server[];
  sockets: Set<Socket>;
}

const maxConnections = 1024;

/**
 * The cloud's load balancer in front of a cluster: for each Service of type LoadBalancer it listens on loopback and
 * hands every connection to one ready pod; without any it resets.
 */
export function createLoadBalancer(options: LoadBalancerOptions): LoadBalancer {
  const { informers, network, clock, ports, signal, random = Math.random, log = () => {} } = options;
  const pick = createEndpointPicker({ clock, random });
  const serviceList = informers.for(services);
  const sliceList = informers.for(endpointSlices);
  const frontends = new Map<string, Frontend>();
  let work = Promise.resolve();
  let closed = false;

  const accept = (frontend: Frontend, client: Socket) => {
    frontend.sockets.add(client);
    client.on('close', () => frontend.sockets.delete(client));
    client.on('error', () => {});
    const endpoint = chooseEndpoint(serviceList.get(frontend.service), frontend.port, client);
    const podUid = endpoint?.targetRef?.uid;
    if (!endpoint || podUid === undefined || frontend.sockets.size > maxConnections) {
      client.resetAndDestroy();
      return;
    }
    network.connect(podUid, endpoint.port, 'node').then(
      (backend) => (client.destroyed ? backend.destroy() : join(client, backend)),
      () => client.resetAndDestroy(),
    );
  };
  const chooseEndpoint = (service: Service | undefined, number: number, client: Socket): Endpoint | undefined => {
    const port = service?.spec?.ports?.find((candidate) => candidate.port === number);
    return service && port && pick(service, endpointsOf(service, port, sliceList.list()), client.remoteAddress ?? '');
  };

  const sync = async () => {
    const wanted = wantedFrontends(closed ? [] : serviceList.list(), ports);
    for (const [key, frontend] of frontends) {
      if (wanted.has(key)) continue;
      frontends.delete(key);
      await closeFrontend(frontend);
      log(`closed localhost:${frontend.hostPort}, which led to ${key}`);
    }
    for (const [key, { service, port }] of wanted) {
      if (frontends.has(key)) continue;
      const frontend: Frontend = { service, port, hostPort: 0, servers: [], sockets: new Set() };
      await openFrontend(frontend, ports[port] ?? [], (client) => accept(frontend, client));
      if (frontend.hostPort === 0) log(`no free port on this machine for ${key}`);
      else frontends.set(key, frontend);
    }
  };
  const schedule = () => {
    work = work.then(sync).catch((error: unknown) => log(String(error)));
  };
  const unsubscribe = serviceList.subscribe(schedule);

  const close = async () => {
    closed = true;
    unsubscribe();
    schedule();
    await work;
  };
  signal?.addEventListener('abort', () => void close(), { once: true });

  return {
    addresses: () =>
      [...frontends.values()].map(({ service, port, hostPort }) => ({
        service,
        port,
        url: `http://localhost:${hostPort}`,
      })),
    [Symbol.asyncDispose]: close,
  };
}

/** Pure: which port of which Service is to be open. */
function wantedFrontends(
  list: readonly Service[],
  ports: LoadBalancerOptions['ports'],
): Map<string, { service: string; port: number }> {
  const wanted = new Map<string, { service: string; port: number }>();
  for (const { metadata, spec } of list) {
    if (spec?.type !== 'LoadBalancer' || metadata.deletionTimestamp) continue;
    const service = `${metadata.namespace}/${metadata.name}`;
    for (const { port } of spec.ports ?? []) if (ports[port]) wanted.set(`${service}:${port}`, { service, port });
  }
  return wanted;
}

/** Listens on the first candidate that is free in both families; `localhost` may mean either. */
async function openFrontend(
  frontend: Frontend,
  candidates: readonly number[],
  accept: (client: Socket) => void,
): Promise<void> {
  for (const candidate of candidates) {
    const first = await listen('127.0.0.1', candidate, accept);
    if (typeof first === 'string') continue;
    const second = await listen('::1', candidate, accept);
    if (second === 'EADDRINUSE') {
      first.close();
      continue;
    }
    frontend.servers = typeof second === 'string' ? [first] : [first, second];
    frontend.hostPort = candidate;
    return;
  }
}

/** A server, or the code of the error: a machine without IPv6 has no `::1`. */
function listen(host: string, port: number, accept: (client: Socket) => void): Promise<Server | string> {
  const { promise, resolve } = Promise.withResolvers<Server | string>();
  const server = createServer({ allowHalfOpen: true }, accept);
  server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'EIO'));
  server.listen({ host, port }, () => resolve(server));
  return promise;
}

async function closeFrontend({ servers, sockets }: Frontend): Promise<void> {
  const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)));
  for (const socket of sockets) socket.destroy();
  await Promise.all(closed);
}

/** Each direction ends on its own; when one side breaks, the other sees a reset. */
function join(client: Socket, backend: Socket): void {
  backend.on('error', () => {});
  for (const [from, to] of [
    [client, backend],
    [backend, client],
  ] as const) {
    from.pipe(to);
    from.once('close', () => {
      if (!from.readableEnded || !from.writableFinished) to.resetAndDestroy();
    });
  }
}
