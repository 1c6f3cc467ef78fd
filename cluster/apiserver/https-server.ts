import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { internalError, isStatusError, pathNotFound, StatusError } from '../objects/status-error.ts';
import type { Authenticator } from './authentication/authenticator.ts';
import { administrator, type User } from './authentication/user.ts';
import { servingCertificate, type ServerNames } from './certificate.ts';
import { openPaths } from './documents.ts';
import { limits } from './limits.ts';
import type { ApiRequest, ApiResponse } from './request-handler.ts';
import { sendResponse, sendStatus } from './send-response.ts';

export interface ListenOptions {
  /** Loopback only: `127.0.0.1`. */
  host: string;
  /** 0 for any free port. */
  port: number;
  /** Whoever bears it may do everything. */
  token: string;
  /** Where the certificate is kept. */
  dir: string;
  /** By which pods call the server. */
  names?: ServerNames;
}

export interface HttpsServerOptions extends ListenOptions {
  nowMs: number;
  authenticate: Authenticator;
  handle(request: ApiRequest): Promise<ApiResponse>;
  /**
   * Takes over a connection of a known user that asked for an upgrade.
   * @throws StatusError when that is refused
   */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, user: User): void;
  onError(error: unknown): void;
}

/**
 * Serves the API on loopback.
 * @throws an Error with `code` EADDRINUSE when the port is taken
 */
export async function startHttpsServer(
  options: HttpsServerOptions,
): Promise<{ server: Server; port: number; ca: string }> {
  const { cert, key } = await servingCertificate(options.dir, options.nowMs, options.names);
  const server = createServer({
    cert,
    key,
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
  });
  server.maxConnections = limits.connections;
  server.on('request', (request, response) => {
    // A client that goes away in the middle is no failure of the server.
    response.on('error', () => response.destroy());
    serve(request, response, options).catch((error: unknown) => {
      if (!request.destroyed) options.onError(error);
      response.destroy();
    });
  });
  server.on('upgrade', (request, socket, head) => {
    // Until someone takes the connection over, a reset by the client must not end the process.
    socket.on('error', () => socket.destroy());
    try {
      options.upgrade(request, socket, head, options.authenticate(request));
    } catch (error) {
      // Nobody above would catch it: the process would end.
      if (!isStatusError(error)) options.onError(error);
      refuseUpgrade(socket, isStatusError(error) ? error : internalError((error as Error).message));
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return { server, port: (server.address() as AddressInfo).port, ca: cert };
}

async function serve(incoming: IncomingMessage, outgoing: ServerResponse, options: HttpsServerOptions): Promise<void> {
  const url = urlOf(incoming);
  if (!url) {
    sendStatus(outgoing, pathNotFound());
    return;
  }
  const user = openPaths.has(url.pathname) ? administrator : identify(incoming, options);
  if (isStatusError(user)) {
    sendStatus(outgoing, user);
    return;
  }
  const body = await readBody(incoming);
  if (!body) {
    const tooLarge = new StatusError(
      413,
      'RequestEntityTooLarge',
      `Request entity too large: limit is ${limits.bodyBytes}`,
    );
    outgoing.setHeader('connection', 'close');
    sendStatus(outgoing, tooLarge);
    return;
  }
  const gone = new AbortController();
  outgoing.on('close', () => gone.abort());
  const request = toApiRequest(incoming, url, { body, user, signal: gone.signal });
  sendResponse(outgoing, request, await options.handle(request), gone.signal);
}

/** Undefined when what stands in its place is none: a client may write anything there. */
export function urlOf({ url = '/' }: IncomingMessage): URL | undefined {
  return URL.parse(url.startsWith('/') ? `https://localhost${url}` : url) ?? undefined;
}

/** The user, or why nobody could be made out. */
function identify(request: IncomingMessage, { authenticate }: HttpsServerOptions): User | StatusError {
  try {
    return authenticate(request);
  } catch (error) {
    if (isStatusError(error)) return error;
    throw error;
  }
}

/** @returns undefined when the body is larger than allowed */
async function readBody(incoming: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limits.bodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Made from a request whose body is in hand; upgrades have none. */
export function toApiRequest(
  incoming: IncomingMessage,
  url: URL,
  { body, user, signal }: { body: Uint8Array; user: User; signal: AbortSignal },
): ApiRequest {
  const headers = Object.entries(incoming.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : value,
  ]);
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: Object.fromEntries(headers) as ApiRequest['headers'],
    body,
    user: user.name,
    groups: user.groups,
    signal,
  };
}

/** Answers an upgrade with a plain HTTP error, as kubectl expects it. */
function refuseUpgrade(socket: Duplex, { code, status }: StatusError): void {
  const body = JSON.stringify(status);
  socket.end(
    `HTTP/1.1 ${code} ${status.reason ?? 'Error'}\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
