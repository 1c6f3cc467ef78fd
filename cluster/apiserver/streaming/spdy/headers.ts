import type { Transform } from 'node:stream';
import { constants, createDeflate, createInflate } from 'node:zlib';
import { dictionary } from './dictionary.ts';
import { SpdyProtocolError } from './frames.ts';

/** Header blocks of one direction of a connection; they share one zlib stream, so order matters. */
export interface HeaderDecoder {
  /** @throws SpdyProtocolError */
  decode(block: Buffer): Promise<Record<string, string>>;
  close(): void;
}

export interface HeaderEncoder {
  encode(headers: Record<string, string>): Promise<Buffer>;
  close(): void;
}

const maxHeaderBytes = 16_384;

export function createHeaderDecoder(): HeaderDecoder {
  const inflate = createInflate({ dictionary, flush: constants.Z_SYNC_FLUSH });
  return {
    async decode(block) {
      return parseBlock(await pass(inflate, block));
    },
    close: () => inflate.close(),
  };
}

export function createHeaderEncoder(): HeaderEncoder {
  const deflate = createDeflate({ dictionary, flush: constants.Z_SYNC_FLUSH });
  return {
    encode: (headers) => pass(deflate, formatBlock(headers)),
    close: () => deflate.close(),
  };
}

/** Writes one block into the zlib stream and collects what comes out of it. */
function pass(zlib: Transform, block: Buffer): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const pieces: Buffer[] = [];
  let length = 0;
  const onData = (piece: Buffer) => {
    length += piece.length;
    if (length <= maxHeaderBytes) pieces.push(piece);
    else finish(new SpdyProtocolError('header block too long'));
  };
  const finish = (error?: Error | null) => {
    zlib.off('data', onData);
    zlib.off('error', finish);
    if (error) {
      zlib.on('error', () => {}).destroy();
      reject(new SpdyProtocolError('unreadable header block', { cause: error }));
    } else {
      resolve(Buffer.concat(pieces));
    }
  };
  zlib.on('data', onData);
  zlib.once('error', finish);
  zlib.write(block, finish);
  return promise;
}

function parseBlock(block: Buffer): Record<string, string> {
  const headers: Record<string, string> = {};
  let position = 0;
  const number = () => {
    if (position + 4 > block.length) throw new SpdyProtocolError('header block too short');
    position += 4;
    return block.readUInt32BE(position - 4);
  };
  const text = () => {
    const end = number() + position;
    if (end > block.length) throw new SpdyProtocolError('header block too short');
    const value = block.toString('latin1', position, end);
    position = end;
    return value;
  };
  for (let pairs = number(); pairs > 0; pairs--) headers[text().toLowerCase()] = text();
  return headers;
}

function formatBlock(headers: Record<string, string>): Buffer {
  const pairs = Object.entries(headers);
  const count = Buffer.alloc(4);
  count.writeUInt32BE(pairs.length);
  return Buffer.concat([count, ...pairs.flat().map(withLength)]);
}

function withLength(text: string): Buffer {
  const bytes = Buffer.alloc(4 + text.length);
  bytes.writeUInt32BE(text.length);
  bytes.write(text, 4, 'latin1');
  return bytes;
}
