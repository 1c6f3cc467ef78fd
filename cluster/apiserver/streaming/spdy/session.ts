import { Duplex } from 'node:stream';
import type { Frame } from './frames.ts';
import { createFrameParser, encodeData, encodePing, encodeRstStream, encodeSynReply } from './frames.ts';
import type { HeaderDecoder, HeaderEncoder } from './headers.ts';
import { createHeaderDecoder, createHeaderEncoder } from './headers.ts';

/** One stream that the client opened; each side ends on its own. */
export type SpdyStream = Duplex & { readonly id: number; readonly headers: Readonly<Record<string, string>> };

/** A busy port-forward has two streams for each connection. */
const maxStreams = 1024;
/**
 * What may wait in one stream before the whole connection is read no further. The protocol has windows for this, which
 * client-go neither sends nor obeys.
 */
const streamBufferBytes = 256 * 1024;

interface Connection {
  streams: Map<number, SpdyStream & { drained(): Promise<void> }>;
  decoder: HeaderDecoder;
  encoder: HeaderEncoder;
  transport: Duplex;
  onStream(stream: SpdyStream): void;
}

/**
 * Serves SPDY/3.1 over a byte stream until either side goes; then all streams are destroyed. Never rejects.
 * @param onStream called for each stream that the client opens, in order
 */
export async function serveSpdy(transport: Duplex, onStream: (stream: SpdyStream) => void): Promise<void> {
  const connection: Connection = {
    streams: new Map(),
    decoder: createHeaderDecoder(),
    encoder: createHeaderEncoder(),
    transport,
    onStream,
  };
  const parser = createFrameParser();
  const destroyStreams = () => {
    for (const stream of connection.streams.values()) stream.destroy();
  };
  transport.on('error', () => {});
  transport.once('close', destroyStreams);
  try {
    for await (const chunk of transport) {
      for (const frame of parser.push(chunk as Buffer)) await handle(connection, frame);
    }
  } catch {
    // A broken connection and a peer that does not speak the protocol end alike.
  } finally {
    transport.destroy();
    destroyStreams();
    connection.decoder.close();
    connection.encoder.close();
  }
}

/** Frames are handled strictly one after the other: header blocks depend on those before. */
async function handle(connection: Connection, frame: Frame): Promise<void> {
  const { streams, transport } = connection;
  switch (frame.type) {
    case 'synStream': {
      const headers = await connection.decoder.decode(frame.headerBlock);
      if (streams.size >= maxStreams || streams.has(frame.streamId)) {
        transport.write(encodeRstStream(frame.streamId, 'refused'));
        return;
      }
      const stream = createStream(connection, frame.streamId, headers);
      transport.write(encodeSynReply(frame.streamId, await connection.encoder.encode({})));
      if (frame.fin) stream.push(null);
      connection.onStream(stream);
      return;
    }
    case 'data': {
      const stream = streams.get(frame.streamId);
      if (!stream || stream.readableEnded) return;
      const full = frame.payload.length > 0 && !stream.push(frame.payload);
      if (frame.fin) stream.push(null);
      else if (full) await stream.drained();
      return;
    }
    case 'rstStream':
      streams.get(frame.streamId)?.destroy();
      return;
    case 'ping':
      transport.write(encodePing(frame.id));
      return;
    case 'ignored':
      return;
  }
}

function createStream({ streams, transport }: Connection, id: number, headers: Record<string, string>) {
  let onDrained = () => {};
  const duplex = new Duplex({
    allowHalfOpen: true,
    readableHighWaterMark: streamBufferBytes,
    read: () => onDrained(),
    write: (chunk: Buffer, _encoding, done) => void transport.write(encodeData(id, chunk), done),
    final: (done) => void transport.write(encodeData(id, Buffer.alloc(0), true), done),
    destroy(error, done) {
      streams.delete(id);
      onDrained();
      const complete = duplex.readableEnded && duplex.writableFinished;
      if (!complete && transport.writable) transport.write(encodeRstStream(id, 'cancelled'));
      done(error);
    },
  });
  // Whoever uses a stream sees it end; a reset by the peer must not end the process.
  duplex.on('error', () => {});
  const drained = () =>
    new Promise<void>((resolve) => {
      if (duplex.destroyed) resolve();
      onDrained = resolve;
    });
  const stream = Object.assign(duplex, { id, headers, drained });
  streams.set(id, stream);
  return stream;
}
