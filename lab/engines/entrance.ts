import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import type { Kube } from '../../lib/kube/kube.ts';
import { collectionPath } from '../../lib/kube/paths.ts';
import { openPortForward } from '../../lib/kube/port-forward.ts';
import { LabError } from '../errors.ts';

/** A browser or a load test opens a handful; each costs a stream through the API server. */
const maxConnections = 64;

interface EndpointSlice {
  endpoints?: { conditions?: { ready?: boolean }; targetRef?: { kind?: string; name?: string } }[] | null;
  ports?: { port?: number }[] | null;
}

export interface Entrance extends AsyncDisposable {
  port: number;
}

/**
 * Offers a Service on this machine, by port-forward to one of its ready pods. Each connection looks anew, so a replaced
 * pod or a repaired selector needs no restart; while no pod stands behind the Service, connections are closed at once.
 * @param ports to try, in this order
 * @throws LabError NO_ENTRANCE when none is free
 */
export async function openEntrance(
  kube: Kube,
  service: { namespace: string; name: string },
  ports: readonly number[],
  log: (message: string, error?: unknown) => void,
): Promise<Entrance> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    serve(kube, service, socket).catch((error: unknown) => {
      log(`a connection to ${service.name} ended`, error);
      socket.resetAndDestroy();
    });
  });
  server.maxConnections = maxConnections;
  const port = await listenOnFirst(server, ports);
  if (!port) throw new LabError('NO_ENTRANCE', { service: `${service.namespace}/${service.name}`, seconds: 0 });
  return {
    port,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function serve(kube: Kube, service: { namespace: string; name: string }, socket: Socket): Promise<void> {
  const target = await readyPod(kube, service);
  if (!target || socket.destroyed) {
    socket.resetAndDestroy();
    return;
  }
  const stream = openPortForward(kube, { namespace: service.namespace, ...target });
  await pipeline(socket, stream, socket).catch((error: NodeJS.ErrnoException) => {
    // The customer, or the pod, hung up: nothing to tell.
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE' && error.code !== 'ECONNRESET') throw error;
  });
}

async function readyPod(
  kube: Kube,
  { namespace, name }: { namespace: string; name: string },
): Promise<{ pod: string; port: number } | undefined> {
  const slices = await kube.list<EndpointSlice>(collectionPath('discovery.k8s.io/v1', 'EndpointSlice', namespace), {
    labelSelector: `kubernetes.io/service-name=${name}`,
  });
  const found = slices.flatMap(({ endpoints, ports }) =>
    (endpoints ?? []).flatMap(({ conditions, targetRef }) => {
      const port = ports?.[0]?.port;
      const isUsable = conditions?.ready !== false && targetRef?.kind === 'Pod' && targetRef.name && port;
      return isUsable ? [{ pod: targetRef.name as string, port }] : [];
    }),
  );
  return found[Math.floor(Math.random() * found.length)];
}

async function listenOnFirst(server: Server, ports: readonly number[]): Promise<number | undefined> {
  for (const port of ports) {
    const isListening = await new Promise<boolean>((resolve) => {
      const failed = (): void => resolve(false);
      server.once('error', failed).listen(port, 'localhost', () => {
        server.off('error', failed);
        resolve(true);
      });
    });
    if (isListening) return port;
  }
  return undefined;
}
