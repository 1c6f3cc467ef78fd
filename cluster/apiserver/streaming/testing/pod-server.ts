import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import type { Pod } from '../../../objects/types.ts';
import type { ExecOptions, NodeProxy, SessionStreams } from '../../node-proxy.ts';
import type { StreamTarget } from '../index.ts';
import { createStreaming } from '../index.ts';

export const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'production', uid: 'uid-web' },
  spec: {
    nodeName: 'node-1',
    containers: [
      { name: 'app', image: 'web:1' },
      { name: 'waiting', image: 'web:1' },
    ],
  },
  status: {
    phase: 'Running',
    containerStatuses: [
      { name: 'app', image: 'web:1', imageID: '', ready: true, restartCount: 0, state: { running: {} } },
      { name: 'waiting', image: 'web:1', imageID: '', ready: false, restartCount: 0, state: { waiting: {} } },
    ],
  },
};

/** A node whose only pod is this machine: commands run as they are, ports are ports of 127.0.0.1. */
export function createLocalProxy(): NodeProxy & { sizes: string[]; aborted: Promise<void> } {
  const { promise: aborted, resolve } = Promise.withResolvers<void>();
  const sizes: string[] = [];
  const exec = (_pod: Pod, { command }: ExecOptions, streams: SessionStreams) => {
    const [file = '', ...args] = command;
    const child = spawn(file, args, { stdio: 'pipe', detached: true });
    streams.onResize?.(({ columns, rows }) => sizes.push(`${columns}x${rows}`));
    streams.signal.addEventListener('abort', () => {
      child.kill('SIGKILL');
      resolve();
    });
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => {});
    if (streams.stdin) streams.stdin.pipe(child.stdin);
    else child.stdin.end();
    if (streams.stdout) child.stdout.pipe(streams.stdout, { end: false });
    if (streams.stderr) child.stderr.pipe(streams.stderr, { end: false });
    return new Promise<{ exitCode: number }>((done, fail) => {
      child.on('error', fail);
      child.on('close', (exitCode) => done({ exitCode: exitCode ?? 137 }));
    });
  };
  return {
    sizes,
    aborted,
    exec,
    attach: (ofPod, options, streams) => exec(ofPod, { ...options, command: ['echo', 'attached'] }, streams),
    connect: (_pod, port) =>
      new Promise((done, fail) => {
        const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true }, () => done(socket));
        socket.once('error', fail);
      }),
    logs: () => Promise.reject(new Error('not here')),
    podUsage: () => [],
    nodeUsage: () => [],
  };
}

/** An API server that knows one pod, enough for clients to exec into it and forward its ports. */
export async function startPodServer(proxy: NodeProxy) {
  const findPod = (namespace: string, name: string) => (namespace === 'production' && name === 'web' ? pod : undefined);
  const streaming = createStreaming({ nodeProxy: () => proxy, findPod });
  const server = createServer((request, response) => {
    const body = documents[new URL(request.url ?? '', 'http://x').pathname];
    response.writeHead(body ? 200 : 404, { 'Content-Type': 'application/json' }).end(JSON.stringify(body ?? {}));
  });
  server.on('upgrade', (request, socket, head) => {
    const url = new URL(request.url ?? '', 'http://x');
    const [, , , , namespace = '', , name = '', verb] = url.pathname.split('/');
    streaming.handleUpgrade(request, socket, head, {
      verb: verb as StreamTarget['verb'],
      namespace,
      name,
      query: url.searchParams,
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      streaming[Symbol.dispose]();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const verbs = ['get', 'create'];
const documents: Record<string, object> = {
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [] },
  '/api/v1': {
    kind: 'APIResourceList',
    groupVersion: 'v1',
    resources: [
      { name: 'pods', singularName: 'pod', namespaced: true, kind: 'Pod', verbs },
      ...['exec', 'attach', 'portforward'].map((name) => ({
        name: `pods/${name}`,
        singularName: '',
        namespaced: true,
        kind: 'Pod',
        verbs,
      })),
    ],
  },
  '/api/v1/namespaces/production/pods/web': pod,
};
