import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import type { Container, Probe } from '../objects/types.ts';
import type { PodHandle } from './pod-handle.ts';

type HttpGetAction = NonNullable<Probe['httpGet']>;

/** The answer, or why there was none, in the words of Go's HTTP client. */
export type HttpAnswer = { status: number; body: string } | { failure: string };

/** As Go's client and the kubelet have it. */
const mostRequests = 10;
const maxBodyBytes = 10 * 1024;
const followed: readonly number[] = [301, 302, 303, 307, 308];

/**
 * Sends the request of an `httpGet` action to the pod and follows redirects that stay with the host, as the kubelet
 * does. `signal` aborts when its time is up.
 */
export async function httpGet(
  action: HttpGetAction,
  container: Container,
  pod: PodHandle,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const scheme = (action.scheme ?? 'HTTP').toLowerCase();
  const path = `/${(action.path ?? '/').replace(/^\//, '')}`;
  let target = { scheme, hostname: action.host ?? pod.ip, port: portOf(action.port, container), path };
  for (let count = 1; ; count++) {
    const answer = await ask(target, action.httpHeaders ?? [], pod, signal);
    if ('failure' in answer) return answer;
    const next = redirectTarget(answer, target);
    if (next?.hostname !== target.hostname) return answer;
    if (count >= mostRequests) return { failure: `Get "${urlOf(target)}": stopped after ${mostRequests} redirects` };
    target = next;
  }
}

interface Target {
  scheme: string;
  hostname: string;
  port: number;
  path: string;
}

function urlOf({ scheme, hostname, port, path }: Target): string {
  return `${scheme}://${hostname}:${port}${path}`;
}

/** Where the answer sends whoever asked; undefined when it is no redirect, or says no place that there can be. */
function redirectTarget({ status, location }: Received, from: Target): Target | undefined {
  if (!followed.includes(status) || !location || !URL.canParse(location, urlOf(from))) return undefined;
  const { protocol, hostname, port, pathname, search } = new URL(location, urlOf(from));
  const scheme = protocol.replace(':', '');
  return { scheme, hostname, port: Number(port || (scheme === 'https' ? 443 : 80)), path: pathname + search };
}

async function ask(
  target: Target,
  headers: readonly Header[],
  pod: PodHandle,
  signal: AbortSignal,
): Promise<Received | { failure: string }> {
  const address = `${pod.ip}:${target.port}`;
  const failed = (why: string) => ({ failure: `Get "${urlOf(target)}": ${why}` });
  const expired = new Promise<{ failure: string }>((resolve) => {
    const give = () => resolve(failed('context deadline exceeded (Client.Timeout exceeded while awaiting headers)'));
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
  const answered = pod
    .connect(target.port, 'node')
    .then((socket) => send(socket, { ...target, host: address, headers }, signal))
    .catch((error: NodeJS.ErrnoException) => failed(wording(error, address)));
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

interface Header {
  name: string;
  value: string;
}

interface ProbeRequest {
  path: string;
  host: string;
  scheme: string;
  headers: readonly Header[];
}

interface Received {
  status: number;
  location: string | undefined;
  body: string;
}

function send(socket: Socket, wanted: ProbeRequest, signal: AbortSignal): Promise<Received> {
  const headers: Record<string, string> = { host: wanted.host, 'user-agent': 'kube-probe/1.34', accept: '*/*' };
  for (const { name, value } of wanted.headers) headers[name.toLowerCase()] = value;
  const options: RequestOptions = { path: wanted.path, headers: { ...headers, connection: 'close' }, signal };
  return new Promise((resolve, reject) => {
    const isTls = wanted.scheme === 'https';
    const start = isTls ? httpsRequest : httpRequest;
    const createConnection = () => (isTls ? tlsConnect({ socket, rejectUnauthorized: false }) : socket);
    const request = start({ ...options, createConnection }, (response) => {
      response.on('error', () => {});
      void receive(response).then(resolve, reject);
    });
    request.once('error', reject);
    request.once('close', () => socket.destroy());
    request.end();
  });
}

/** The body is wanted of redirects only; to read it of all would keep pods busy. */
async function receive(response: IncomingMessage): Promise<Received> {
  const { statusCode: status = 0, headers } = response;
  const chunks: Buffer[] = [];
  let size = 0;
  if (status >= 300 && status < 400) {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= maxBodyBytes) break;
    }
  }
  response.destroy();
  return { status, location: headers.location, body: Buffer.concat(chunks).toString('utf8', 0, maxBodyBytes) };
}

function wording(error: NodeJS.ErrnoException, address: string): string {
  if (error.code === 'ECONNREFUSED') return `dial tcp ${address}: connect: connection refused`;
  if (error.code === 'ETIMEDOUT') return `dial tcp ${address}: i/o timeout`;
  if (error.code === 'EPROTO') return 'http: server gave HTTP response to HTTPS client';
  if (error.code !== 'ECONNRESET') return error.message;
  return error.message === 'socket hang up' ? 'EOF' : `read tcp ${address}: read: connection reset by peer`;
}
