import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { StatusError } from '../objects/status-error.ts';
import { limits } from './limits.ts';
import type { ApiRequest, ApiResponse, WatchFrame } from './request-handler.ts';

/** Smaller answers gain nothing by compression; the real server has the same limit. */
const gzipFromBytes = 128 * 1024;

/** Writes an answer to the socket; watches and streams go on until one side ends them. */
export function sendResponse(
  outgoing: ServerResponse,
  request: ApiRequest,
  response: ApiResponse,
  gone: AbortSignal,
): void {
  for (const warning of response.warnings ?? []) outgoing.appendHeader('warning', `299 - ${JSON.stringify(warning)}`);
  switch (response.type) {
    case 'object': {
      const json = Buffer.from(`${JSON.stringify(response.object)}\n`);
      sendBytes(outgoing, request, response.code, json, response.contentType ?? 'application/json');
      return;
    }
    case 'bytes':
      sendBytes(outgoing, request, response.code, response.bytes, response.contentType);
      return;
    case 'stream':
      outgoing.writeHead(response.code, response.headers);
      outgoing.flushHeaders();
      // Either side going away ends the other; a reader that left early is no failure.
      pipeline(response.stream, outgoing, () => {});
      return;
    case 'watch':
      sendWatch(outgoing, response, gone);
  }
}

export function sendStatus(outgoing: ServerResponse, { code, status }: StatusError): void {
  outgoing.writeHead(code, { 'content-type': 'application/json' });
  outgoing.end(JSON.stringify(status));
}

function sendBytes(
  outgoing: ServerResponse,
  request: ApiRequest,
  code: number,
  bytes: Uint8Array,
  contentType: string,
): void {
  const isLarge = bytes.length >= gzipFromBytes && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  const body = isLarge ? gzipSync(bytes, { level: 1 }) : bytes;
  outgoing.writeHead(code, {
    'content-type': contentType,
    'content-length': body.length,
    ...(isLarge ? { 'content-encoding': 'gzip', vary: 'accept-encoding' } : {}),
  });
  outgoing.end(request.method === 'HEAD' ? undefined : body);
}

/** To a thousand watchers an event goes as one chunk made once: `write` would put it together anew for each. */
function sendFrame(outgoing: ServerResponse, frame: WatchFrame): void {
  const { socket, chunkedEncoding, writableEnded } = outgoing;
  if (socket?.writable && chunkedEncoding && !writableEnded) socket.write(frame.chunk());
  else outgoing.write(frame.encoded());
}

function sendWatch(outgoing: ServerResponse, watch: Extract<ApiResponse, { type: 'watch' }>, gone: AbortSignal): void {
  outgoing.writeHead(watch.code, { 'content-type': watch.contentType });
  outgoing.flushHeaders();
  const subscription = watch.start({
    send(frame) {
      if (outgoing.writableLength > limits.unreadWatchBytes) outgoing.destroy();
      else sendFrame(outgoing, frame);
    },
    end: () => outgoing.end(),
  });
  if (gone.aborted) subscription.stop();
  else gone.addEventListener('abort', () => subscription.stop(), { once: true });
}
