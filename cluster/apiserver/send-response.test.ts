import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ApiRequest, WatchSink } from './request-handler.ts';
import { sendResponse } from './send-response.ts';
import { createWatchFrames } from './watch-frames.ts';

const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'é' } };
const line = `${JSON.stringify({ type: 'ADDED', object })}\n`;
const chunk = `${Buffer.byteLength(line).toString(16)}\r\n${line}\r\n`;

const sinks: WatchSink[] = [];
const server = createServer((request, outgoing) => {
  const start = (sink: WatchSink) => {
    sinks.push(sink);
    return { stop() {} };
  };
  const response = { type: 'watch', code: 200, contentType: 'application/json', start } as const;
  sendResponse(outgoing, request as unknown as ApiRequest, response, new AbortController().signal);
});
beforeEach(async () => {
  sinks.length = 0;
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterEach(() => void server.close());

/** Sends what is written, has each watch send two frames and end, and returns the bodies. */
async function watched(written: string, watches: number): Promise<string[]> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write(written);
  const answer = text(socket);
  while (sinks.length < watches) await new Promise(setImmediate);
  const { plain } = createWatchFrames();
  for (const sink of [...sinks, ...sinks]) sink.send(plain('ADDED', object));
  for (const sink of sinks) sink.end();
  return (await answer).split(/HTTP\/1\.1 200 OK\r\n(?:.+\r\n)+\r\n/).slice(1);
}

it('sends frames as whole chunks, and ends the body as a body ends', async () => {
  const closing = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
  expect(await watched(closing, 1)).toEqual([`${chunk}${chunk}0\r\n\r\n`]);
});

it('keeps the order of answers when a client asks for two watches at once on one connection', async () => {
  const first = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
  const second = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
  expect(await watched(first + second, 2)).toEqual([`${chunk}${chunk}0\r\n\r\n`, `${chunk}${chunk}0\r\n\r\n`]);
});

it('sends plain lines to a client of HTTP/1.0, which knows no chunks', async () => {
  expect(await watched('GET / HTTP/1.0\r\nHost: a\r\n\r\n', 1)).toEqual([line + line]);
});
