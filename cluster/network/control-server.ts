import { randomBytes } from 'node:crypto';
import { chmod, mkdir, rm } from 'node:fs/promises';
import type { Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';

export type Answer = Record<string, unknown>;

/** A process of a pod, known by its connection. */
export interface Session {
  /** Answers one question. `undefined` for news that needs no answer. */
  handle(message: Record<string, unknown>): Answer | undefined;
  ended(): void;
}

export interface ControlServer extends AsyncDisposable {
  readonly path: string;
  /** Ends every process of a pod that still holds a line: it ends itself when the line breaks. */
  hangUp(token: string): void;
}

/** A line longer than this is no question. */
const maxLineLength = 16_384;
const maxSessionsPerPod = 512;
/** What `sun_path` holds on macOS; Linux has four more. */
const maxSocketPath = 103;

/**
 * Listens on a Unix socket (a named pipe on Windows) that only this user can open.
 * @param open gives the session of a process that presents a pod's token; undefined hangs up
 * @throws when the socket cannot be made
 */
export async function createControlServer(
  runDir: string,
  open: (token: string) => Session | undefined,
): Promise<ControlServer> {
  const socketPath = await socketPathIn(runDir);
  const sockets = new Map<string, Set<Socket>>();
  const waiting = new Set<Socket>();

  const server = createServer((socket) => {
    waiting.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => waiting.delete(socket));
    serve(socket, (token) => {
      const ofPod = sockets.get(token) ?? new Set();
      const session = ofPod.size < maxSessionsPerPod ? open(token) : undefined;
      if (!session) return undefined;
      waiting.delete(socket);
      sockets.set(token, ofPod.add(socket));
      socket.on('close', () => {
        ofPod.delete(socket);
        if (ofPod.size === 0) sockets.delete(token);
        session.ended();
      });
      return session;
    });
  });
  await listen(server, socketPath);

  return {
    path: socketPath,
    hangUp(token) {
      for (const socket of sockets.get(token) ?? []) socket.destroy();
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of [...waiting, ...[...sockets.values()].flatMap((ofPod) => [...ofPod])]) socket.destroy();
      await closed;
    },
  };
}

async function socketPathIn(runDir: string): Promise<string> {
  const unique = randomBytes(6).toString('hex');
  if (process.platform === 'win32') return `\\\\.\\pipe\\kubelet-${unique}`;
  await mkdir(runDir, { recursive: true, mode: 0o700 });
  const wanted = path.resolve(runDir, 'net.sock');
  const chosen = Buffer.byteLength(wanted) <= maxSocketPath ? wanted : path.join(os.tmpdir(), `kubelet-${unique}.sock`);
  await rm(chosen, { force: true });
  return chosen;
}

async function listen(server: Server, socketPath: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, () => {
      server.off('error', reject);
      resolve();
    });
  });
  if (process.platform !== 'win32') await chmod(socketPath, 0o600);
}

function serve(socket: Socket, open: (token: string) => Session | undefined): void {
  let unread = '';
  let session: Session | undefined;
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    const lines = (unread + text).split('\n');
    unread = lines.pop() ?? '';
    for (const line of lines) {
      const message = line.length <= maxLineLength ? parse(line) : undefined;
      if (!session && message?.op === 'hello') session = open(String(message.token));
      else if (session && message) answer(socket, session, message);
      else socket.destroy();
      if (!session || socket.destroyed) {
        socket.destroy();
        return;
      }
    }
    if (unread.length > maxLineLength) socket.destroy();
  });
}

function answer(socket: Socket, session: Session, message: Record<string, unknown>): void {
  const said = session.handle(message);
  if (said) socket.write(`${JSON.stringify({ id: message.id, ...said })}\n`);
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
