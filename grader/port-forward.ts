import { request } from 'node:http';
import { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { Kube } from '../lib/kube/kube.ts';

/** Port-forwarding over WebSocket: the first byte of a message tells the stream, the first message its port. */
const dataChannel = 0;
const protocol = 'v4.channel.k8s.io';
const maxBytes = 64 * 1024;

export interface ForwardedQuestion {
  namespace: string;
  pod: string;
  port: number;
  path: string;
  headers: Record<string, string>;
  timeoutMs?: number;
  signal: AbortSignal;
}

/**
 * GETs from a pod with headers that the API server would keep for itself: its proxy takes `Authorization` as meant
 * for the cluster.
 * @throws Error when the pod can't be reached or gives no answer in time
 */
export async function getThroughPortForward(
  kube: Kube,
  question: ForwardedQuestion,
): Promise<{ status: number; text: string }> {
  const { namespace, pod, port, path, headers, timeoutMs = 4_000 } = question;
  const signal = AbortSignal.any([question.signal, AbortSignal.timeout(timeoutMs)]);
  const url = new URL(`/api/v1/namespaces/${namespace}/pods/${pod}/portforward?ports=${port}`, kube.access.server);
  url.protocol = url.protocol.replace('http', 'ws');
  const socket = new WebSocket(url, protocol, { headers: kube.access.headers, ...kube.access.tls });
  try {
    return await new Promise((resolve, reject) => {
      socket.on('error', reject);
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      const sent = request({ host: pod, path, headers, createConnection: () => tunnel(socket) });
      sent.on('error', reject);
      sent.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          if (text.length < maxBytes) text += chunk;
        });
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      });
      sent.end();
    });
  } finally {
    socket.terminate();
  }
}

/** The forwarded port's bytes as a stream. */
function tunnel(socket: WebSocket): Duplex {
  let announced = false;
  const opened = new Promise<void>((resolve) => socket.once('open', () => resolve()));
  const stream = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      void opened.then(() => socket.send(Buffer.concat([Buffer.of(dataChannel), chunk]), done));
    },
  });
  socket.on('message', (message: Buffer) => {
    const channel = message[0];
    if (channel !== dataChannel) {
      const words = message.subarray(1).toString('utf8');
      if (message.length > 3) stream.destroy(new Error(words));
    } else if (announced) stream.push(message.subarray(1));
    else announced = true;
  });
  socket.on('close', () => stream.push(null));
  return stream;
}
