/** SPDY/3.1 frames, as far as the Kubernetes streaming protocols use them. */
export type Frame =
  | { type: 'data'; streamId: number; fin: boolean; payload: Buffer }
  | { type: 'synStream'; streamId: number; fin: boolean; headerBlock: Buffer }
  | { type: 'rstStream'; streamId: number }
  | { type: 'ping'; id: number }
  /** SETTINGS, WINDOW_UPDATE, GOAWAY …: nothing follows from them here. */
  | { type: 'ignored' };

/** A peer that does not speak the protocol; the connection is beyond help. */
export class SpdyProtocolError extends Error {}

const headerLength = 8;
/** client-go copies in pieces of 32 KiB. */
const maxFrameLength = 1024 * 1024;
const maxSentPayload = 64 * 1024;
const controlBit = 0x8000;
const version = 3;
const fin = 1;
const types = { synStream: 1, synReply: 2, rstStream: 3, ping: 6 };

/** Cuts a byte stream into frames, whatever the borders of the chunks. */
export function createFrameParser(): { push(chunk: Buffer): Frame[] } {
  let unread: Buffer = Buffer.alloc(0);
  return {
    /** @throws SpdyProtocolError */
    push(chunk) {
      unread = unread.length === 0 ? chunk : Buffer.concat([unread, chunk]);
      const frames: Frame[] = [];
      while (unread.length >= headerLength) {
        const length = unread.readUIntBE(5, 3);
        if (length > maxFrameLength) throw new SpdyProtocolError(`frame of ${length} bytes`);
        if (unread.length < headerLength + length) break;
        frames.push(parseFrame(unread.subarray(0, headerLength), unread.subarray(headerLength, headerLength + length)));
        unread = unread.subarray(headerLength + length);
      }
      return frames;
    },
  };
}

function parseFrame(header: Buffer, payload: Buffer): Frame {
  const first = header.readUInt16BE(0);
  const isLast = (header.readUInt8(4) & fin) !== 0;
  if ((first & controlBit) === 0) return { type: 'data', streamId: header.readUInt32BE(0), fin: isLast, payload };
  if ((first & ~controlBit) !== version) throw new SpdyProtocolError(`version ${first & ~controlBit}`);
  switch (header.readUInt16BE(2)) {
    case types.synStream:
      return { type: 'synStream', streamId: idAt(payload, 10), fin: isLast, headerBlock: payload.subarray(10) };
    case types.rstStream:
      return { type: 'rstStream', streamId: idAt(payload, 8) };
    case types.ping:
      return { type: 'ping', id: idAt(payload, 4) };
    default:
      return { type: 'ignored' };
  }
}

function idAt(payload: Buffer, shortest: number): number {
  if (payload.length < shortest) throw new SpdyProtocolError('frame too short');
  return payload.readUInt32BE(0);
}

/** DATA; a long payload becomes several frames, the last of which carries `isLast`. */
export function encodeData(streamId: number, payload: Buffer, isLast = false): Buffer {
  const parts: Buffer[] = [];
  let start = 0;
  do {
    const piece = payload.subarray(start, start + maxSentPayload);
    start += maxSentPayload;
    const header = Buffer.alloc(headerLength);
    header.writeUInt32BE(streamId);
    header.writeUInt8(isLast && start >= payload.length ? fin : 0, 4);
    header.writeUIntBE(piece.length, 5, 3);
    parts.push(header, piece);
  } while (start < payload.length);
  return Buffer.concat(parts);
}

export function encodeSynReply(streamId: number, headerBlock: Buffer): Buffer {
  return control(types.synReply, [uint32(streamId), headerBlock]);
}

export type ResetReason = keyof typeof resetCodes;
const resetCodes = { refused: 3, cancelled: 5 };

export function encodeRstStream(streamId: number, reason: ResetReason): Buffer {
  return control(types.rstStream, [uint32(streamId), uint32(resetCodes[reason])]);
}

export function encodePing(id: number): Buffer {
  return control(types.ping, [uint32(id)]);
}

/** What a client sends; the tests speak for kubectl. */
export function encodeSynStream(streamId: number, headerBlock: Buffer, isLast = false): Buffer {
  const frame = control(types.synStream, [uint32(streamId), Buffer.alloc(6), headerBlock]);
  frame.writeUInt8(isLast ? fin : 0, 4);
  return frame;
}

function control(type: number, parts: Buffer[]): Buffer {
  const payload = Buffer.concat(parts);
  const header = Buffer.alloc(headerLength);
  header.writeUInt16BE(controlBit | version);
  header.writeUInt16BE(type, 2);
  header.writeUIntBE(payload.length, 5, 3);
  return Buffer.concat([header, payload]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
