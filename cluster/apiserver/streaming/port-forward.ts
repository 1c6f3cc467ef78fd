import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { Pod } from '../../objects/types.ts';
import type { NodeProxy } from '../node-proxy.ts';
import type { SpdyStream } from './spdy/session.ts';
import { serveSpdy } from './spdy/session.ts';

/** Requests whose second stream has not come. */
const maxHalfOpenRequests = 256;

/**
 * port-forward as kubectl speaks it: for each local connection an error stream and a data stream with the same
 * `requestid`, inside WebSocket messages or on the bare socket.
 */
export async function forwardPorts(transport: Duplex, pod: Pod, proxy: NodeProxy): Promise<void> {
  const halfOpen = new Map<string, SpdyStream>();
  await serveSpdy(transport, (stream) => {
    const { streamtype, requestid = '', port = '' } = stream.headers;
    const other = halfOpen.get(requestid);
    if (!other) {
      if (halfOpen.size >= maxHalfOpenRequests) stream.destroy();
      else
        halfOpen.set(
          requestid,
          stream.once('close', () => halfOpen.delete(requestid)),
        );
      return;
    }
    halfOpen.delete(requestid);
    const [errors, data] = streamtype === 'data' ? [other, stream] : [stream, other];
    errors.resume();
    void forward(pod, Number(port), data, proxy).then((problem) => errors.end(problem ?? ''));
  });
}

/** Carries one connection; resolves when it has ended, with a text when it could not be made. */
async function forward(pod: Pod, port: number, data: Duplex, proxy: NodeProxy): Promise<string | undefined> {
  let backend: Duplex;
  try {
    backend = await proxy.connect(pod, port);
  } catch (error) {
    data.end();
    data.resume();
    return connectFailure(pod, port, error);
  }
  await join(data, backend);
  return undefined;
}

/** Each direction ends on its own; when one side breaks, the other does. Resolves when both have ended. */
export async function join(client: Duplex, backend: Duplex): Promise<void> {
  const oneWay = (from: Duplex, to: Duplex) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    from.on('error', () => {});
    from.pipe(to);
    from.once('close', () => {
      if (!from.readableEnded || !from.writableFinished) to.destroy();
      resolve();
    });
    return promise;
  };
  await Promise.all([oneWay(client, backend), oneWay(backend, client)]);
}

/** What the container runtime reports, as kubectl prints it. */
export function connectFailure(pod: Pod, port: number, error: unknown): string {
  const refused = (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
  const why = refused ? 'connection refused' : String((error as Error).message);
  const sandbox = createHash('sha256').update(`sandbox ${pod.metadata.uid}`).digest('hex');
  const hash = createHash('sha256').update(`netns ${pod.metadata.uid}`).digest('hex');
  const netns = [8, 4, 4, 4, 12].map((length, index) => hash.slice(index * 12, index * 12 + length)).join('-');
  return (
    `error forwarding port ${port} to pod ${sandbox}, uid : failed to execute portforward in network namespace ` +
    `"/var/run/netns/cni-${netns}": failed to connect to localhost:${port} inside namespace "${sandbox}", ` +
    `IPv4: dial tcp4 127.0.0.1:${port}: connect: ${why} IPv6 dial tcp6: address localhost: no suitable address found `
  );
}
