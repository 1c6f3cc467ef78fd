/**
 * One process of the bare chain: takes a request with plain `node:http`, passes it on over kept connections to the
 * address given as argument, and hands the answer back. The last one answers itself. It ends with its parent.
 */
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const [, , next] = process.argv;
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const answer = JSON.stringify({ id: 'order-1', item: 'laptop', quantity: 1, totalCents: 129_900 });

const server = createServer((incoming, outgoing) => {
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  incoming.on('end', () => {
    if (next) passOn(next, incoming, Buffer.concat(chunks), outgoing);
    else outgoing.writeHead(201, { 'content-type': 'application/json' }).end(answer);
  });
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit());

function passOn(url: string, { method, headers }: IncomingMessage, body: Buffer, outgoing: ServerResponse): void {
  const options = {
    method,
    agent,
    headers: { 'content-type': headers['content-type'], 'content-length': body.length },
  };
  const call = request(url, options, (incoming) => {
    outgoing.writeHead(incoming.statusCode ?? 502, { 'content-type': incoming.headers['content-type'] });
    incoming.pipe(outgoing);
  });
  call.on('error', () => outgoing.writeHead(502).end());
  call.end(body);
}
