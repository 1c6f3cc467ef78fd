import type { Duplex } from 'node:stream';
import type { Clock } from '../../../lib/clock.ts';
import type { SessionChannels } from './run-session.ts';
import type { SessionRequest } from './session-request.ts';
import type { SpdyStream } from './spdy/session.ts';
import { serveSpdy } from './spdy/session.ts';
import { createResizeListeners } from './websocket-channels.ts';

/** How long the client may take to open its streams, and to hang up after the last word. */
const openTimeoutMs = 30_000;
const lingerMs = 5_000;

/**
 * exec and attach as kubectl spoke them before WebSockets: one SPDY stream each for error, stdin, stdout, stderr and
 * resize. `onOpen` is called when all that the request asks for are there.
 */
export function openSpdyChannels(
  transport: Duplex,
  request: SessionRequest,
  clock: Clock,
  onOpen: (channels: SessionChannels) => void,
): void {
  const wanted = [
    'error',
    ...(['stdin', 'stdout', 'stderr'] as const).filter((name) => request[name]),
    ...(request.tty ? ['resize'] : []),
  ];
  const streams = new Map<string, SpdyStream>();
  const gone = new AbortController();
  const patience = clock.setTimeout(() => transport.destroy(), openTimeoutMs);

  void serveSpdy(transport, (stream) => {
    const type = stream.headers.streamtype ?? '';
    if (!wanted.includes(type) || streams.has(type)) {
      stream.destroy();
      return;
    }
    streams.set(type, stream);
    if (streams.size < wanted.length) return;
    patience.cancel();
    onOpen(channelsOf(transport, streams, gone.signal, clock));
  }).then(() => {
    patience.cancel();
    gone.abort();
  });
}

function channelsOf(
  transport: Duplex,
  streams: ReadonlyMap<string, SpdyStream>,
  signal: AbortSignal,
  clock: Clock,
): SessionChannels {
  const resizes = createResizeListeners();
  streams.get('resize')?.on('data', resizes.tell);
  // The client says nothing on these, but their end must be read.
  for (const name of ['error', 'stdout', 'stderr']) streams.get(name)?.resume();

  return {
    stdin: streams.get('stdin'),
    stdout: streams.get('stdout'),
    stderr: streams.get('stderr'),
    onResize: resizes.add,
    signal,
    finish(status) {
      streams.get('error')?.end(JSON.stringify(status), () => transport.end());
      const linger = clock.setTimeout(() => transport.destroy(), lingerMs);
      transport.once('close', () => linger.cancel());
    },
  };
}
