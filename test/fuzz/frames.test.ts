import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createFrameParser,
  encodeData,
  encodePing,
  encodeSynStream,
  SpdyProtocolError,
} from '../../cluster/apiserver/streaming/spdy/frames.ts';
import { createHeaderDecoder, createHeaderEncoder } from '../../cluster/apiserver/streaming/spdy/headers.ts';
import { createLocalProxy, startPodServer } from '../../cluster/apiserver/streaming/testing/pod-server.ts';
import { decodeProtobuf } from '../../cluster/objects/protobuf/index.ts';
import { damaged } from './json.ts';
import type { Random } from './random.ts';
import { forSeeds, fuzzTimeoutMs } from './rounds.ts';

/** A field of bytes: text, or the fields of a message. */
function field(number: number, ...parts: (Uint8Array | string)[]): Buffer {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([Buffer.of((number << 3) | 2, content.length), content]);
}

const number = (id: number, value: number) => Buffer.of(id << 3, value);
const labels = field(1, field(1, 'app'), field(2, 'web'));
const container = field(2, field(1, 'web'), field(2, 'web:1'), field(6, number(3, 80)));
/** A Deployment as kubectl sends it. */
const protobuf = Buffer.concat([
  Buffer.from('k8s\0', 'latin1'),
  field(1, field(1, 'apps/v1'), field(2, 'Deployment')),
  field(2, field(1, field(1, 'web')), field(2, number(1, 3), field(2, labels), field(3, field(2, container)))),
]);

describe('frames and messages that are not what they should be', { timeout: fuzzTimeoutMs }, () => {
  it('of protobuf are decoded or refused', async () => {
    expect(decodeProtobuf(protobuf)).toMatchObject({
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { replicas: 3 },
    });
    await forSeeds(20_000, (random) => {
      const bytes = random.chance(0.9)
        ? damaged(random, protobuf)
        : Buffer.concat([protobuf.subarray(0, 4), random.bytes(40)]);
      try {
        decodeProtobuf(bytes);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
      }
    });
  });

  it('of SPDY are cut from the stream or refused, wherever its chunks end', async () => {
    await forSeeds(2_000, (random) => {
      const parser = createFrameParser();
      const stream = damaged(
        random,
        Buffer.concat([encodeSynStream(1, random.bytes(20)), encodeData(1, random.bytes(50), true), encodePing(7)]),
      );
      try {
        for (let at = 0; at < stream.length; at += 7) parser.push(stream.subarray(at, at + 7));
      } catch (error) {
        if (!(error instanceof SpdyProtocolError)) throw error;
      }
    });
  });

  it('of SPDY headers are read or refused', async () => {
    await forSeeds(300, async (random) => {
      const [encoder, decoder] = [createHeaderEncoder(), createHeaderDecoder()];
      const block = damaged(random, await encoder.encode({ streamtype: 'data', port: '80', requestid: random.text() }));
      await decoder.decode(block).catch((error: unknown) => {
        if (!(error instanceof SpdyProtocolError)) throw error;
      });
      encoder.close();
      decoder.close();
    });
  });
});

describe('a session whose client sends nonsense', { timeout: fuzzTimeoutMs }, () => {
  let server: Awaited<ReturnType<typeof startPodServer>>;
  let unhandled: unknown[];
  const note = (error: unknown) => void unhandled.push(error);
  beforeEach(async () => {
    server = await startPodServer(createLocalProxy());
    unhandled = [];
    process.on('uncaughtException', note).on('unhandledRejection', note);
  });
  afterEach(async () => {
    process.off('uncaughtException', note).off('unhandledRejection', note);
    await server[Symbol.asyncDispose]();
  });

  it.for(['exec over SPDY', 'port-forward over SPDY', 'exec over WebSocket', 'port-forward over WebSocket'])(
    'ends, and harms no other: %s',
    async (kind) => {
      await forSeeds(40, async (random) => {
        const socket = await upgrade(server.port, pathFor(kind), headersFor(kind));
        const whole = kind.endsWith('WebSocket') ? webSocketMessages(random, kind) : await spdyFrames(random);
        socket.write(damaged(random, whole));
        await sleep(2);
        if (random.chance(0.5)) socket.destroy();
        else socket.end();
        if (!socket.closed) await once(socket, 'close');
      });
      expect(unhandled).toEqual([]);
      const answer = await fetch(`${server.url}/api/v1`);
      expect(answer.status).toBe(200);
    },
  );
});

const pod = '/api/v1/namespaces/production/pods/web';

function pathFor(kind: string): string {
  const ports = kind.endsWith('WebSocket') ? '?ports=9' : '';
  return kind.startsWith('exec')
    ? `${pod}/exec?command=cat&stdin=1&stdout=1&stderr=1&container=app`
    : `${pod}/portforward${ports}`;
}

function headersFor(kind: string): Record<string, string> {
  if (kind.endsWith('WebSocket')) {
    const key = { 'sec-websocket-version': '13', 'sec-websocket-key': 'MDEyMzQ1Njc4OWFiY2RlZg==' };
    return {
      upgrade: 'websocket',
      ...key,
      'sec-websocket-protocol': kind.startsWith('exec') ? 'v5.channel.k8s.io' : 'v4.channel.k8s.io',
    };
  }
  const protocol = kind.startsWith('exec') ? 'v4.channel.k8s.io' : 'portforward.k8s.io';
  return { upgrade: 'SPDY/3.1', 'x-stream-protocol-version': protocol };
}

async function upgrade(port: number, path: string, headers: Record<string, string>): Promise<Socket> {
  const method = headers['upgrade'] === 'websocket' ? 'GET' : 'POST';
  const asked = request({ port, path, method, headers: { connection: 'Upgrade', ...headers } }).end();
  const [response, socket] = (await once(asked, 'upgrade')) as [IncomingMessage, Socket];
  expect(response.statusCode).toBe(101);
  return socket.on('error', () => {}).resume();
}

async function spdyFrames(random: Random): Promise<Buffer> {
  const encoder = createHeaderEncoder();
  const types = ['error', 'stdin', 'stdout', 'stderr', 'data', random.text()];
  const opening: Buffer[] = [];
  for (const [index, streamtype] of types.entries()) {
    const headers = { streamtype, port: random.pick(['9', '0', '70000', 'x']), requestid: random.pick(['0', '1']) };
    opening.push(encodeSynStream(2 * index + 1, await encoder.encode(headers), random.chance(0.2)));
  }
  encoder.close();
  const data = Array.from({ length: random.int(6) }, () =>
    encodeData(random.int(14), random.bytes(random.int(30)), random.chance(0.3)),
  );
  return Buffer.concat([...opening, ...data, encodePing(1)]);
}

/** Masked, as a client must; channels that exist and some that do not. */
function webSocketMessages(random: Random, kind: string): Buffer {
  const messages = Array.from({ length: 1 + random.int(6) }, () => {
    const channel = random.pick(kind.startsWith('exec') ? [0, 1, 3, 4, 255, 9] : [0, 1, 2, 254]);
    const payload = random.chance(0.1)
      ? Buffer.alloc(0)
      : Buffer.concat([
          Buffer.of(channel),
          random.pick([random.bytes(20), Buffer.from('{"Width":1e999,"Height":null}')]),
        ]);
    const opcode = random.pick([1, 2, 2, 2, 0, 8, 9, 10, 3]);
    return Buffer.concat([Buffer.of(0x80 | opcode, 0x80 | payload.length, 0, 0, 0, 0), payload]);
  });
  return Buffer.concat(messages);
}
