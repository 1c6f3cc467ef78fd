import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { State } from '../state.ts';

export interface FakeCluster extends AsyncDisposable {
  kubeconfigPath: string;
  url: string;
}

/** A server on a free port of this machine; closed with all that is open at the end of the scope. */
export async function serve(listener: RequestListener): Promise<AsyncDisposable & { url: string }> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * An API server that tells of one state of the namespace, and knows nothing else.
 * @param dir for its kubeconfig
 * @param intercept answers a request itself when it returns true
 */
export async function fakeCluster(
  dir: string,
  state: Partial<State>,
  intercept: (...given: Parameters<RequestListener>) => boolean = () => false,
): Promise<FakeCluster> {
  const server = await serve((request, response) => {
    if (intercept(request, response)) return;
    const { pathname } = new URL(request.url ?? '/', 'http://cluster');
    const kind = pathname.split('/').at(-1) ?? '';
    const isKnown = kind in kinds && !pathname.includes('metrics.k8s.io');
    const items = isKnown ? (state[kinds[kind as keyof typeof kinds]] ?? []) : undefined;
    response.writeHead(items || kind === 'version' ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ kind: 'List', apiVersion: 'v1', metadata: {}, items }));
  });
  const kubeconfigPath = join(await mkdtemp(join(dir, 'cluster-')), 'kubeconfig');
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'c',
    clusters: [{ name: 'c', cluster: { server: server.url } }],
    users: [{ name: 'u', user: { token: 't' } }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  };
  await writeFile(kubeconfigPath, JSON.stringify(kubeconfig));
  return { kubeconfigPath, url: server.url, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

const kinds = {
  deployments: 'deployments',
  replicasets: 'replicaSets',
  pods: 'pods',
  services: 'services',
  endpointslices: 'endpointSlices',
  cronjobs: 'cronJobs',
} as const satisfies Record<string, keyof State>;
