import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { PassThrough } from 'node:stream';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Exec, KubeConfig, PortForward } from '@kubernetes/client-node';
import type { V1Status } from '@kubernetes/client-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFrameParser, encodeData, encodeSynStream } from './spdy/frames.ts';
import { createHeaderEncoder } from './spdy/headers.ts';
import { createLocalProxy, startPodServer } from './testing/pod-server.ts';

let proxy: ReturnType<typeof createLocalProxy>;
let server: Awaited<ReturnType<typeof startPodServer>>;
let config: KubeConfig;

beforeEach(async () => {
  proxy = createLocalProxy();
  server = await startPodServer(proxy);
  config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: 'test', server: server.url, skipTLSVerify: true }],
    users: [{ name: 'test' }],
    contexts: [{ name: 'test', cluster: 'test', user: 'test' }],
    currentContext: 'test',
  });
});

afterEach(() => server[Symbol.asyncDispose]());

/** A server whose answer is what it was sent, once that has ended. */
async function startEcho(): Promise<{ port: number; close(): Promise<void> }> {
  const echo = createServer({ allowHalfOpen: true }, (socket) => {
    let received = '';
    socket.on('error', () => {});
    socket.setEncoding('utf8').on('data', (piece: string) => (received += piece));
    socket.on('end', () => socket.end(`echo ${received.length}`));
  }).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  return {
    port: (echo.address() as AddressInfo).port,
    close: () => new Promise((resolve) => echo.close(() => resolve())),
  };
}

async function exec(command: string[], input?: string, tty = false) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const stdin = input === undefined ? null : new PassThrough().end(input);
  const { promise, resolve } = Promise.withResolvers<V1Status>();
  const socket = await new Exec(config).exec('production', 'web', 'app', command, stdout, stderr, stdin, tty, resolve);
  const status = await promise;
  await once(socket as unknown as PassThrough, 'close');
  return { status, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') };
}

describe('exec over WebSocket', () => {
  it('carries both outputs and the exit code', async () => {
    const { status, out, err } = await exec(['sh', '-c', 'echo out; echo err >&2; exit 7']);
    expect([out, err]).toEqual(['out\n', 'err\n']);
    expect(status).toMatchObject({
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '7' }] },
    });
  });

  it('ends the input where the client ends it', async () => {
    const { status, out } = await exec(['wc', '-c'], 'x'.repeat(300_000));
    expect([status.status, out.trim()]).toEqual(['Success', '300000']);
  });

  it('ends the command when the client goes', async () => {
    const stdout = new PassThrough();
    const socket = await new Exec(config).exec(
      'production',
      'web',
      'app',
      ['sh', '-c', 'echo here; sleep 60'],
      stdout,
      null,
      null,
      false,
    );
    await once(stdout, 'data');
    (socket as unknown as { terminate(): void }).terminate();
    await expect(proxy.aborted).resolves.toBeUndefined();
  });
});

/** What a client gets instead of an upgrade. */
async function refusal(path: string, headers: Record<string, string>) {
  const asked = request(`${server.url}/api/v1/namespaces/production/pods/${path}`, { headers, method: 'POST' }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return [response.statusCode, await text(response)] as const;
}

describe('before the upgrade', () => {
  const spdy = { Connection: 'Upgrade', Upgrade: 'SPDY/3.1', 'X-Stream-Protocol-Version': 'v4.channel.k8s.io' };
  it.each([
    ['a pod that is not there', 'nope/exec?command=ls&stdout=1', 404, 'pods \\"nope\\" not found'],
    [
      'a container that is not in the pod',
      'web/exec?command=ls&stdout=1&container=x',
      400,
      'container x is not valid for pod web',
    ],
    [
      'a container that does not run',
      'web/exec?command=ls&stdout=1&container=waiting',
      500,
      'container not found ("waiting")',
    ],
    ['no container where there are two', 'web/exec?command=ls&stdout=1', 400, 'choose one of: [app waiting]'],
    ['no stream at all', 'web/exec?command=ls&container=app', 400, 'at least 1 of stdin, stdout, stderr'],
  ])('%s is refused', async (_what, path, code, message) => {
    const [status, body] = await refusal(path, spdy);
    expect(status).toBe(code);
    expect(body).toContain(message);
  });

  it('a protocol that nobody speaks is refused', async () => {
    const [status] = await refusal('web/exec?command=ls&stdout=1&container=app', {
      ...spdy,
      'X-Stream-Protocol-Version': 'v9',
    });
    expect(status).toBe(403);
  });
});

/** The client's side of SPDY, as kubectl uses it. */
async function dialSpdy(path: string, protocol: string) {
  const socket: Socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
  const lines = [
    `POST /api/v1/namespaces/production/pods/web/${path} HTTP/1.1`,
    'Host: x',
    'Connection: Upgrade',
    'Upgrade: SPDY/3.1',
    `X-Stream-Protocol-Version: ${protocol}`,
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  const encoder = createHeaderEncoder();
  const parser = createFrameParser();
  const received = new Map<number, { text: string; fin: boolean }>();
  const [head] = (await once(socket, 'data')) as [Buffer];
  const take = (chunk: Buffer) => {
    for (const frame of parser.push(chunk)) {
      if (frame.type !== 'data') continue;
      const before = received.get(frame.streamId)?.text ?? '';
      received.set(frame.streamId, { text: before + frame.payload.toString(), fin: frame.fin });
    }
  };
  take(head.subarray(head.indexOf('\r\n\r\n') + 4));
  socket.on('data', take);
  return {
    socket: socket as Duplex,
    received,
    open: async (id: number, headers: Record<string, string>, fin = false) =>
      void socket.write(encodeSynStream(id, await encoder.encode(headers), fin)),
    send: (id: number, data: string, fin = false) => void socket.write(encodeData(id, Buffer.from(data), fin)),
    async finished(id: number): Promise<string> {
      while (!received.get(id)?.fin) await once(socket, 'data');
      return received.get(id)?.text ?? '';
    },
  };
}

describe('SPDY', () => {
  it('runs a command over one stream for each direction', async () => {
    const spdy = await dialSpdy('exec?command=cat&container=app&stdin=1&stdout=1', 'v4.channel.k8s.io');
    await spdy.open(1, { streamtype: 'error' });
    await spdy.open(3, { streamtype: 'stdin' });
    await spdy.open(5, { streamtype: 'stdout' });
    spdy.send(3, 'hello', true);
    expect(await spdy.finished(5)).toBe('hello');
    expect(JSON.parse(await spdy.finished(1))).toEqual({ metadata: {}, status: 'Success' });
    spdy.socket.destroy();
  });

  it('forwards ports with half-close, and reports a refused one on the error stream', async () => {
    const echo = await startEcho();
    const spdy = await dialSpdy('portforward', 'portforward.k8s.io');
    const open = async (id: number, requestid: string, port: number) => {
      await spdy.open(id, { streamtype: 'error', requestid, port: String(port) }, true);
      await spdy.open(id + 2, { streamtype: 'data', requestid, port: String(port) });
    };
    await open(1, '0', echo.port);
    spdy.send(3, 'x'.repeat(200_000), true);
    expect(await spdy.finished(3)).toBe('echo 200000');
    expect(await spdy.finished(1)).toBe('');
    await echo.close();
    await open(5, '1', echo.port);
    expect(await spdy.finished(5)).toContain(`dial tcp4 127.0.0.1:${echo.port}: connect: connection refused`);
    spdy.socket.destroy();
  });

  it('hangs up on a peer that speaks something else', async () => {
    const spdy = await dialSpdy('portforward', 'portforward.k8s.io');
    spdy.socket.write(Buffer.alloc(64, 0xff));
    await expect(once(spdy.socket, 'end')).resolves.toEqual([]);
    spdy.socket.destroy();
  });
});

describe('port-forward of the client library', () => {
  it('carries a connection', async () => {
    const echo = createServer((socket) => socket.on('data', (data) => socket.end(`echo ${data.toString()}`))).listen(
      0,
      '127.0.0.1',
    );
    await once(echo, 'listening');
    const [input, output, errors] = [new PassThrough(), new PassThrough(), new PassThrough()];
    await new PortForward(config).portForward(
      'production',
      'web',
      [(echo.address() as AddressInfo).port],
      output,
      errors,
      input,
    );
    input.write('hi');
    const [answer] = (await once(output, 'data')) as [Buffer];
    expect(answer.toString()).toBe('echo hi');
    echo.close();
  });
});
