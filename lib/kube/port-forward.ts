import { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { Kube } from './kube.ts';

/** The first byte of a message tells the stream; the first message of a stream names its port. */
const dataChannel = 0;
const protocol = 'v4.channel.k8s.io';

/** A pod's port as a stream of bytes, through the API server. Errors end the stream; destroy it to let go. */
export function openPortForward(kube: Kube, target: { namespace: string; pod: string; port: number }): Duplex {
  const { namespace, pod, port } = target;
  const url = new URL(`/api/v1/namespaces/${namespace}/pods/${pod}/portforward?ports=${port}`, kube.access.server);
  url.protocol = url.protocol.replace('http', 'ws');
  const socket = new WebSocket(url, protocol, { headers: kube.access.headers, ...kube.access.tls });
  const opened = new Promise<void>((resolve) => socket.once('open', () => resolve()));
  const stream = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      void opened.then(() => socket.send(Buffer.concat([Buffer.of(dataChannel), chunk]), done));
    },
    final(done) {
      // The protocol cannot close one direction alone: the other side ends the connection when it has answered.
      done();
    },
    destroy(error, done) {
      socket.terminate();
      done(error);
    },
  });
  let announced = false;
  socket.on('message', (message: Buffer) => {
    if (message[0] !== dataChannel) {
      if (message.length > 3) stream.destroy(new Error(message.subarray(1).toString('utf8')));
    } else if (announced) stream.push(message.subarray(1));
    else announced = true;
  });
  socket.on('error', (error) => stream.destroy(error));
  socket.on('close', () => stream.push(null));
  return stream;
}
