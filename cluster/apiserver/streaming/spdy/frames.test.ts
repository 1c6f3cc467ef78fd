import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { dictionary } from './dictionary.ts';
import {
  createFrameParser,
  encodeData,
  encodePing,
  encodeRstStream,
  encodeSynStream,
  SpdyProtocolError,
} from './frames.ts';
import { createHeaderDecoder, createHeaderEncoder } from './headers.ts';

describe('frames', () => {
  it('come out whole wherever the stream is cut', () => {
    const bytes = Buffer.concat([
      encodeSynStream(1, Buffer.from('headers'), true),
      encodeData(3, Buffer.from('hello')),
      encodePing(9),
      encodeRstStream(3, 'cancelled'),
      encodeData(1, Buffer.alloc(0), true),
    ]);
    const expected = createFrameParser().push(bytes);
    expect(expected.map(({ type }) => type)).toEqual(['synStream', 'data', 'ping', 'rstStream', 'data']);
    for (let cut = 1; cut < bytes.length; cut++) {
      const parser = createFrameParser();
      const frames = [...parser.push(bytes.subarray(0, cut)), ...parser.push(bytes.subarray(cut))];
      expect(frames).toEqual(expected);
    }
    const byByte = createFrameParser();
    expect([...bytes].flatMap((byte) => byByte.push(Buffer.of(byte)))).toEqual(expected);
  });

  it('carry long data in pieces, the last of which ends the stream', () => {
    const frames = createFrameParser().push(encodeData(1, Buffer.alloc(200_000, 'x'), true));
    expect(frames.map((frame) => frame.type === 'data' && frame.fin)).toEqual([false, false, false, true]);
  });

  it('that are too long, too short or of another version end the connection', () => {
    for (const bytes of [
      Buffer.alloc(8, 0xff),
      Buffer.from('8003000300000002aaaa', 'hex'),
      Buffer.from('8002000600000000', 'hex'),
    ]) {
      expect(() => createFrameParser().push(bytes)).toThrow(SpdyProtocolError);
    }
  });
});

describe('header blocks', () => {
  it('share one compressed stream for the whole connection', async () => {
    const [encoder, decoder] = [createHeaderEncoder(), createHeaderDecoder()];
    const headers = { streamtype: 'data', port: '3000', requestid: '0' };
    const first = await encoder.encode(headers);
    const second = await encoder.encode({ ...headers, requestid: '1' });
    expect(second.length).toBeLessThan(first.length);
    expect(await decoder.decode(first)).toEqual(headers);
    expect(await decoder.decode(second)).toEqual({ ...headers, requestid: '1' });
  });

  it('that are no zlib, or a bomb, are refused', async () => {
    await expect(createHeaderDecoder().decode(Buffer.from('nonsense'))).rejects.toThrow(SpdyProtocolError);
    const bomb = await createHeaderEncoder().encode({ a: 'x'.repeat(16_000), b: 'y'.repeat(16_000) });
    expect(bomb.length).toBeLessThan(1000);
    await expect(createHeaderDecoder().decode(bomb)).rejects.toThrow(SpdyProtocolError);
  });

  it('begin from the dictionary of the protocol', () => {
    expect(createHash('sha256').update(dictionary).digest('hex')).toBe(
      '51d27341373f923f3cd88e1eb7162aeaa3723d7585ff2399201dc06498407f02',
    );
  });
});
