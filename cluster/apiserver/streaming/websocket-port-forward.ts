import { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { badRequest } from '../../objects/status-error.ts';
import type { Pod } from '../../objects/types.ts';
import type { NodeProxy } from '../node-proxy.ts';
import { connectFailure, join } from './port-forward.ts';

/** Two channels each, in one byte. */
const maxPorts = 127;

/** @throws StatusError when the query names no port, or none that exists */
export function portsOf(query: URLSearchParams): number[] {
  const ports = query
    .getAll('ports')
    .flatMap((text) => text.split(','))
    .map(Number);
  const wrong = ports.some((port) => !Number.isInteger(port) || port < 1 || port > 65_535);
  if (ports.length === 0 || ports.length > maxPorts || wrong) {
    throw badRequest(`query parameter "ports" must name ports: ${query.getAll('ports').join(',')}`);
  }
  return ports;
}

/**
 * port-forward as client libraries without SPDY speak it: message channel 2i carries the data of the i-th port, 2i+1
 * its error; the first message on each channel is the port's number. The protocol has no half-close, so the end of
 * any connection ends the session.
 */
export async function forwardPortsByChannel(
  webSocket: WebSocket,
  ports: readonly number[],
  pod: Pod,
  proxy: NodeProxy,
): Promise<void> {
  for (const [index, port] of ports.entries()) {
    for (const number of [2 * index, 2 * index + 1]) webSocket.send(Buffer.of(number, port & 0xff, port >> 8));
  }
  const clients = ports.map((_port, index) => createChannel(webSocket, 2 * index));
  webSocket.on('message', (message: Buffer) => {
    const client = clients[(message[0] ?? 0) / 2];
    if (client && !client.push(message.subarray(1))) webSocket.pause();
  });
  webSocket.once('close', () => {
    for (const client of clients) client.destroy();
  });
  await Promise.all(
    ports.map(async (port, index) => {
      const client = clients[index];
      if (!client) return;
      try {
        await join(client, await proxy.connect(pod, port));
      } catch (error) {
        webSocket.send(Buffer.concat([Buffer.of(2 * index + 1), Buffer.from(connectFailure(pod, port, error))]));
      }
      webSocket.resume();
      webSocket.close(1000);
    }),
  );
}

function createChannel(webSocket: WebSocket, number: number): Duplex {
  const duplex = new Duplex({
    read: () => webSocket.resume(),
    write: (chunk: Buffer, _encoding, done) => webSocket.send(Buffer.concat([Buffer.of(number), chunk]), done),
    final(done) {
      // The backend has ended and nothing can say so to the client but the end of the session.
      duplex.push(null);
      done();
    },
  });
  return duplex.on('error', () => {});
}
