import { PassThrough, Writable } from 'node:stream';
import type { WebSocket } from 'ws';
import type { SessionChannels } from './run-session.ts';
import type { SessionRequest } from './session-request.ts';

/** The first byte of a message. `close` exists since v5 and carries the number of the channel that has ended. */
const channel = { stdin: 0, stdout: 1, stderr: 2, status: 3, resize: 4, close: 255 };
/** Input that may wait for a slow reader before the client is read no further. */
const stdinBufferBytes = 256 * 1024;

/** exec and attach as kubectl speaks them since 1.30: binary messages that start with the number of their channel. */
export function openWebSocketChannels(webSocket: WebSocket, request: SessionRequest): SessionChannels {
  const gone = new AbortController();
  const stdin = request.stdin ? new PassThrough({ highWaterMark: stdinBufferBytes }) : undefined;
  const resizes = createResizeListeners();

  stdin?.on('drain', () => webSocket.resume());
  webSocket.on('message', (message: Buffer) => {
    const payload = message.subarray(1);
    switch (Number(message[0])) {
      case channel.stdin:
        if (stdin?.writable && payload.length > 0 && !stdin.write(payload)) webSocket.pause();
        break;
      case channel.resize:
        resizes.tell(payload);
        break;
      case channel.close:
        if (payload[0] === channel.stdin) stdin?.end();
        break;
      default:
    }
  });
  webSocket.once('close', () => {
    stdin?.destroy();
    gone.abort();
  });

  return {
    stdin,
    stdout: request.stdout ? writableTo(webSocket, channel.stdout) : undefined,
    stderr: request.stderr ? writableTo(webSocket, channel.stderr) : undefined,
    onResize: resizes.add,
    signal: gone.signal,
    finish(status) {
      // Paused, the socket would not see the client's answer to the close.
      webSocket.resume();
      stdin?.destroy();
      webSocket.send(Buffer.concat([Buffer.of(channel.status), Buffer.from(JSON.stringify(status))]));
      webSocket.close(1000);
    },
  };
}

function writableTo(webSocket: WebSocket, number: number): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      webSocket.send(Buffer.concat([Buffer.of(number), chunk]), { binary: true }, done);
    },
  }).on('error', () => {});
}

type Size = { columns: number; rows: number };

/** Turns `{"Width":100,"Height":30}` into calls. */
export function createResizeListeners(): {
  tell: (json: Buffer) => void;
  add: (callback: (size: Size) => void) => void;
} {
  const callbacks: ((size: Size) => void)[] = [];
  return {
    add: (callback) => void callbacks.push(callback),
    tell(json) {
      const size = parseSize(json.toString());
      if (size) for (const callback of callbacks) callback(size);
    },
  };
}

function parseSize(json: string): Size | undefined {
  try {
    const { Width: columns, Height: rows } = JSON.parse(json) as { Width?: unknown; Height?: unknown };
    return typeof columns === 'number' && typeof rows === 'number' ? { columns, rows } : undefined;
  } catch {
    return undefined;
  }
}
