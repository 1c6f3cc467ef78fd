import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApiServer, type ApiServer } from '../../cluster/apiserver/server.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { damaged } from './json.ts';
import { forSeeds, fuzzTimeoutMs } from './rounds.ts';

let dir: string;
let server: ApiServer;
let address: { port: number; ca: string };
let unhandled: unknown[];
const note = (error: unknown) => void unhandled.push(error);

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fuzz-'));
  unhandled = [];
  process.on('uncaughtException', note).on('unhandledRejection', note);
  server = createApiServer({ clock: new FakeClock(Date.now()), onError: note });
  address = await server.listen({ host: '127.0.0.1', port: 0, token: 'secret', dir });
});

afterEach(async () => {
  await server.close();
  process.off('uncaughtException', note).off('unhandledRejection', note);
  await rm(dir, { recursive: true });
});

function open(): Promise<TLSSocket> {
  const options = { host: '127.0.0.1', port: address.port, ca: address.ca };
  return new Promise((resolve, reject) => {
    const socket = connect(options, () => resolve(socket.on('error', () => {})));
    socket.once('error', reject);
  });
}

/** What comes back on a connection of its own for these bytes. */
async function exchange(bytes: Buffer | string): Promise<string> {
  const socket = await open();
  socket.end(bytes);
  return await text(socket).catch(() => '');
}

const headers = 'host: x\r\nauthorization: Bearer secret\r\nconnection: close\r\n';

describe('connections on which anything comes', { timeout: fuzzTimeoutMs }, () => {
  it.for(['//', '/\\', 'http://[', '/%', '*', '/api/v1/namespaces/%ZZ/pods', `/${'a'.repeat(60_000)}`, '//x/../..'])(
    'answer a path that is none, %#, also when it asks for an upgrade',
    async (path) => {
      expect(await exchange(`GET ${path} HTTP/1.1\r\n${headers}\r\n`)).toMatch(/^HTTP\/1\.1 (4\d\d|200)/);
      const upgrade = 'connection: upgrade\r\nupgrade: websocket\r\nhost: x\r\nauthorization: Bearer secret\r\n';
      expect(await exchange(`GET ${path} HTTP/1.1\r\n${upgrade}\r\n`)).toMatch(/^HTTP\/1\.1 (4\d\d|200)/);
      expect(unhandled).toEqual([]);
    },
  );

  it('outlive requests that are damaged on their way', async () => {
    const body = '{"metadata":{"name":"a"}}';
    const whole = `POST /api/v1/namespaces HTTP/1.1\r\n${headers}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    await forSeeds(100, async (random) => {
      const answer = await exchange(damaged(random, Buffer.from(whole)));
      expect(answer).toMatch(/^$|^HTTP\/1\.1 [1234]\d\d/);
    });
    expect(unhandled).toEqual([]);
    expect(await exchange(`GET /api/v1/namespaces HTTP/1.1\r\n${headers}\r\n`)).toMatch(/^HTTP\/1\.1 200/);
  });

  it('may be opened by the hundred and left half said', async () => {
    const silent = await Promise.all(Array.from({ length: 300 }, open));
    for (const [index, socket] of silent.entries()) {
      if (index % 3 === 1) socket.write('POST /api/v1/namespaces HTTP/1.1\r\nhost: x\r\n');
      if (index % 3 === 2)
        socket.write(`POST /api/v1/namespaces HTTP/1.1\r\n${headers}content-length: 100\r\n\r\n{"meta`);
    }
    expect(await exchange(`GET /api/v1/namespaces HTTP/1.1\r\n${headers}\r\n`)).toMatch(/^HTTP\/1\.1 200/);
    for (const socket of silent) socket.destroy();
    expect(unhandled).toEqual([]);
  });
});
