import { request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import type { Container, Probe } from '../objects/types.ts';
import type { PodHandle } from './pod-handle.ts';

type HttpGetAction = NonNullable<Probe['httpGet']>;

/** The answer's status, or why there was none, in the words of Go's HTTP client. */
export type HttpAnswer = { status: number } | { failure: string };

/** Sends the request of an `httpGet` action to the pod. `signal` aborts when its time is up. */
export async function httpGet(
  action: HttpGetAction,
  container: Container,
  pod: PodHandle,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const port = portOf(action.port, container);
  const scheme = (action.scheme ?? 'HTTP').toLowerCase();
  const path = `/${(action.path ?? '/').replace(/^\//, '')}`;
  const url = `${scheme}://${action.host ?? pod.ip}:${port}${path}`;
  const failed = (why: string): HttpAnswer => ({ failure: `Get "${url}": ${why}` });
  const expired = new Promise<HttpAnswer>((resolve) => {
    const why = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
    signal.addEventListener('abort', () => resolve(failed(why)), { once: true });
  });
  const answered = pod
    .connect(port, 'node')
    .then((socket) =>
      send(socket, { path, host: `${pod.ip}:${port}`, scheme, headers: action.httpHeaders ?? [] }, signal),
    )
    .then((status): HttpAnswer => ({ status }))
    .catch((error: NodeJS.ErrnoException) => failed(wording(error, `${pod.ip}:${port}`)));
  return Promise.race([answered, expired]);
}

/** The number of a port that may be given by its name. @throws Error when the container has no such port */
export function portOf(port: unknown, container: Container): number {
  if (typeof port === 'number') return port;
  if (typeof port === 'string' && /^\d+$/.test(port)) return Number(port);
  const named = container.ports?.find(({ name }) => name === port);
  // The kubelet tries the name as a number last, and so it is Go that complains.
  if (!named) throw new Error(`strconv.Atoi: parsing ${JSON.stringify(port)}: invalid syntax`);
  return named.containerPort;
}

interface ProbeRequest {
  path: string;
  host: string;
  scheme: string;
  headers: readonly { name: string; value: string }[];
}

function send(socket: Socket, wanted: ProbeRequest, signal: AbortSignal): Promise<number> {
  const headers: Record<string, string> = { host: wanted.host, 'user-agent': 'kube-probe/1.34', accept: '*/*' };
  for (const { name, value } of wanted.headers) headers[name.toLowerCase()] = value;
  const options: RequestOptions = { path: wanted.path, headers: { ...headers, connection: 'close' }, signal };
  return new Promise((resolve, reject) => {
    const isTls = wanted.scheme === 'https';
    const start = isTls ? httpsRequest : httpRequest;
    const createConnection = () => (isTls ? tlsConnect({ socket, rejectUnauthorized: false }) : socket);
    const request = start({ ...options, createConnection }, (response) => {
      resolve(response.statusCode ?? 0);
      response.on('error', () => {});
      // The body tells nothing; a bounded read would only keep the pod busy.
      response.destroy();
    });
    request.once('error', reject);
    request.once('close', () => socket.destroy());
    request.end();
  });
}

function wording(error: NodeJS.ErrnoException, address: string): string {
  if (error.code === 'ECONNREFUSED') return `dial tcp ${address}: connect: connection refused`;
  if (error.code === 'ETIMEDOUT') return `dial tcp ${address}: i/o timeout`;
  if (error.code === 'EPROTO') return 'http: server gave HTTP response to HTTPS client';
  if (error.code !== 'ECONNRESET') return error.message;
  return error.message === 'socket hang up' ? 'EOF' : `read tcp ${address}: read: connection reset by peer`;
}
