import type { IncomingMessage } from 'node:http';
import type { Server } from 'node:https';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../lib/clock.ts';
import { pathNotFound, serviceUnavailable } from '../objects/status-error.ts';
import type { Pod } from '../objects/types.ts';
import { createStore } from '../store/store.ts';
import type { ApiContext } from './api-call.ts';
import { createAuthenticator } from './authentication/authenticator.ts';
import { createServiceAccountTokens } from './authentication/service-account-tokens.ts';
import type { User } from './authentication/user.ts';
import { authorize } from './authorization/authorize.ts';
import { auditEntryFor, type AuditEntry } from './audit.ts';
import { createHandler } from './handler.ts';
import { startHttpsServer, toApiRequest, urlOf, type ListenOptions } from './https-server.ts';
import type { NodeProxy } from './node-proxy.ts';
import type { RequestHandler } from './request-handler.ts';
import { createStreaming, type Streaming } from './streaming/index.ts';
import { parseTarget } from './target.ts';
import { virtualResources } from './virtual-resources.ts';
import { createWatchFrames } from './watch-frames.ts';

export type { AuditEntry } from './audit.ts';
export type { ListenOptions } from './https-server.ts';

export interface ApiServerOptions {
  clock: Clock;
  /** The way to the kubelet; undefined until there is one. */
  nodeProxy?: () => NodeProxy | undefined;
  /** Told of each change and each look that was asked for over HTTPS, after it was answered. */
  audit?: (entry: AuditEntry) => void;
  /** Told of failures that are the server's own fault. */
  onError?: (error: unknown) => void;
  /** In [0, 1); for names and addresses. Default: `Math.random`. */
  random?: () => number;
  /** Whether somebody answers for `metrics.k8s.io`; default: yes. */
  metricsServer?: boolean;
  /** Where the objects outlive the process; default: nowhere. */
  storeDir?: string;
}

export interface ApiServer extends AsyncDisposable {
  /** For calls from inside the process. */
  handle: RequestHandler;
  /**
   * Opens the HTTPS front; once only.
   * @throws an Error with `code` EADDRINUSE when the port is taken
   */
  listen(options: ListenOptions): Promise<{ url: string; port: number; ca: string }>;
  /** Ends all watches and connections. */
  close(): Promise<void>;
}

/**
 * An API server with an empty store, or with what an earlier one kept in `storeDir`.
 * @throws DamagedJournalError or the file system's error when that can't be taken up
 */
export function createApiServer(options: ApiServerOptions): ApiServer {
  const closing = new AbortController();
  const onError = options.onError ?? (() => {});
  const context: ApiContext = {
    store: createStore({ onError, ...(options.storeDir ? { dir: options.storeDir } : {}) }),
    clock: options.clock,
    frames: createWatchFrames(),
    tokens: createServiceAccountTokens(options.clock),
    random: options.random ?? Math.random,
    virtualResources: virtualResources({ metricsServer: options.metricsServer ?? true }),
    nodeProxy: () => options.nodeProxy?.(),
    signal: closing.signal,
  };
  const handle = createHandler(context, onError);
  const streaming = createStreaming({
    clock: options.clock,
    nodeProxy() {
      const nodeProxy = context.nodeProxy();
      if (!nodeProxy) throw serviceUnavailable('no kubelet is running');
      return nodeProxy;
    },
    findPod: (namespace, name) => context.store.get('pods', namespace, name) as Pod | undefined,
  });
  const sockets = new Set<Duplex>();
  let server: Server | undefined;

  async function close(): Promise<void> {
    closing.abort();
    streaming[Symbol.dispose]();
    const open = server;
    server = undefined;
    if (open) {
      const closed = new Promise<void>((resolve) => open.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      open.closeAllConnections();
      await closed;
    }
    context.store.close();
  }

  return {
    handle,
    async listen(listen) {
      const started = await startHttpsServer({
        ...listen,
        nowMs: options.clock.now(),
        authenticate: createAuthenticator({ adminToken: listen.token, tokens: context.tokens, store: context.store }),
        async handle(request) {
          const response = await handle(request);
          const entry = auditEntryFor(request, response, options.clock.now());
          if (entry) options.audit?.(entry);
          return response;
        },
        upgrade: createUpgrade(streaming, context, options),
        onError,
      });
      server = started.server;
      // Upgraded connections are no longer the HTTP server's to close.
      server.on('secureConnection', (socket) => {
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket));
      });
      return { url: `https://${listen.host}:${started.port}`, port: started.port, ca: started.ca };
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Sends `exec`, `attach` and `portforward` to the streaming side; throws a StatusError for any other upgrade. */
function createUpgrade(
  streaming: Streaming,
  { store }: ApiContext,
  { audit, clock }: ApiServerOptions,
): (request: IncomingMessage, socket: Duplex, head: Buffer, user: User) => void {
  return (request, socket, head, user) => {
    const url = urlOf(request);
    const target = url && parseTarget(url.pathname);
    const { namespace, name, subresource: verb } = target ?? {};
    const isStream = verb === 'exec' || verb === 'attach' || verb === 'portforward';
    if (!url || target?.resource !== 'pods' || !namespace || !name || !isStream) throw pathNotFound();
    authorize(user, { verb: 'create', group: '', resource: 'pods', subresource: verb, namespace, name }, store);
    const body = new Uint8Array();
    const asked = toApiRequest(request, url, { body, user, signal: new AbortController().signal });
    const entry = auditEntryFor(asked, { type: 'object', code: 101, object: {} }, clock.now());
    if (entry) audit?.(entry);
    streaming.handleUpgrade(request, socket, head, { verb, namespace, name, query: url.searchParams });
  };
}
