import { STATUS_CODES } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import { StatusError, badRequest, internalError } from '../../objects/status-error.ts';
import { KubeletRefusal } from './session-request.ts';

/** A message longer than this is no terminal input and no frame of a port-forward. */
const maxMessageBytes = 4 * 1024 * 1024;

/** What the client wants the connection to become, and the sub-protocols it offers, best first. */
export function offeredProtocols(request: IncomingMessage): { kind: 'websocket' | 'spdy'; protocols: string[] } {
  const upgrade = request.headers.upgrade?.toLowerCase();
  if (upgrade === 'websocket') {
    return { kind: 'websocket', protocols: splitList(request.headers['sec-websocket-protocol']) };
  }
  if (upgrade === 'spdy/3.1') {
    return { kind: 'spdy', protocols: splitList(request.headersDistinct['x-stream-protocol-version']?.join(',')) };
  }
  throw badRequest('unable to upgrade: missing upgrade headers in request');
}

/** @throws StatusError when client and server have no protocol in common */
export function chooseProtocol(offered: readonly string[], served: readonly string[]): string {
  const chosen = served.find((protocol) => offered.includes(protocol));
  if (chosen) return chosen;
  const list = (protocols: readonly string[]) => `[${protocols.join(' ')}]`;
  throw new StatusError(
    403,
    'Forbidden',
    `unable to upgrade: unable to negotiate protocol: client supports ${list(offered)}, server accepts ${list(served)}`,
  );
}

function splitList(header: string | undefined): string[] {
  return (header ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);
}

const chosenProtocols = new WeakMap<IncomingMessage, string>();
const webSockets = new WebSocketServer({
  noServer: true,
  perMessageDeflate: false,
  maxPayload: maxMessageBytes,
  clientTracking: false,
});
webSockets.on('headers', (headers: string[], request: IncomingMessage) => {
  const protocol = chosenProtocols.get(request);
  if (protocol) headers.push(`Sec-WebSocket-Protocol: ${protocol}`);
});

/**
 * Completes a WebSocket handshake. The library must not see the offered protocols: `SPDY/3.1+portforward.k8s.io`
 * has a slash, which the RFC does not allow in a token and which the library answers with 400.
 */
export function acceptWebSocket(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  protocol: string,
): Promise<WebSocket> {
  delete request.headers['sec-websocket-protocol'];
  if (protocol) chosenProtocols.set(request, protocol);
  return new Promise((resolve) => {
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('error', () => {});
      resolve(webSocket);
    });
  });
}

/** Completes a SPDY handshake; the socket then carries frames. */
export function acceptSpdy(socket: Duplex, head: Buffer, protocol: string): Duplex {
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Connection: Upgrade',
    'Upgrade: SPDY/3.1',
    `X-Stream-Protocol-Version: ${protocol}`,
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  if (head.length > 0) socket.unshift(head);
  return socket;
}

/** Answers with a `Status`, or the kubelet's plain text, instead of an upgrade, and hangs up. */
export function refuse(socket: Duplex, error: unknown): void {
  if (error instanceof KubeletRefusal) {
    answer(socket, 500, 'text/plain; charset=utf-8', `${error.message}\n`);
    return;
  }
  const { status, code } = error instanceof StatusError ? error : internalError(String(error));
  answer(socket, code, 'application/json', JSON.stringify(status));
}

function answer(socket: Duplex, code: number, contentType: string, body: string): void {
  const lines = [
    `HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ''}`,
    `Content-Type: ${contentType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}
