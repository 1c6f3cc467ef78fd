/** A call of gRPC's standard health service, `grpc.health.v1.Health/Check`, over HTTP/2 without TLS. */
import { STATUS_CODES } from 'node:http';
import { connect, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2';
import type { Socket } from 'node:net';
import { readFields } from '../objects/protobuf/decode.ts';
import type { PodHandle } from './pod-handle.ts';

/** `HealthCheckResponse.ServingStatus` by its numbers. */
const servingStatuses = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];
/** The codes of gRPC by their numbers. */
const codes = (
  'OK Canceled Unknown InvalidArgument DeadlineExceeded NotFound AlreadyExists PermissionDenied ResourceExhausted ' +
  'FailedPrecondition Aborted OutOfRange Unimplemented Internal Unavailable DataLoss Unauthenticated'
).split(' ');
/** What a status of HTTP means to gRPC; any other is Unknown. */
const codeOfHttp: Record<number, string> = {
  400: 'Internal',
  401: 'Unauthenticated',
  403: 'PermissionDenied',
  404: 'Unimplemented',
  429: 'Unavailable',
  502: 'Unavailable',
  503: 'Unavailable',
  504: 'Unavailable',
};
/** An answer has a handful of bytes. */
const maxAnswerBytes = 64 * 1024;

export interface HealthAnswer {
  /** How the call ended, `OK` or why not. */
  code: string;
  /** What the server says to that. */
  message: string;
  /** Of the service that was asked for. */
  status: string;
}

/** @returns undefined where nobody listens, or nobody who speaks HTTP/2 before the signal aborts */
export async function openSession(
  pod: PodHandle,
  port: number,
  signal: AbortSignal,
): Promise<ClientHttp2Session | undefined> {
  const socket = await dial(pod, port, signal);
  if (!socket) return undefined;
  const session = connect(`http://${pod.ip}:${port}`, { createConnection: () => socket });
  const greeted = await new Promise<boolean>((resolve) => {
    session.once('remoteSettings', () => resolve(true));
    for (const event of ['error', 'close', 'goaway']) session.on(event, () => resolve(false));
    signal.addEventListener('abort', () => resolve(false), { once: true });
  });
  if (greeted) return session;
  session.destroy();
  return undefined;
}

/** A connection that a policy drops is never made: it must not be waited for. */
function dial(pod: PodHandle, port: number, signal: AbortSignal): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
    pod.connect(port, 'node').then(
      (socket) => (signal.aborted ? socket.destroy() : resolve(socket)),
      () => resolve(undefined),
    );
  });
}

export function askHealth(session: ClientHttp2Session, service: string): Promise<HealthAnswer> {
  const stream = session.request({
    ':method': 'POST',
    ':path': '/grpc.health.v1.Health/Check',
    'content-type': 'application/grpc',
    'user-agent': 'kube-probe/1.34',
    te: 'trailers',
  });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let headers: IncomingHttpHeaders = {};
    stream.on('response', (received) => (headers = { ...headers, ...received }));
    stream.on('trailers', (received) => (headers = { ...headers, ...received }));
    stream.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxAnswerBytes) stream.destroy();
      else chunks.push(chunk);
    });
    let problem = 'the connection was closed';
    stream.on('error', (error: Error) => (problem = error.message));
    stream.on('close', () => resolve(answerIn(headers, Buffer.concat(chunks), problem)));
    stream.end(frame(service));
  });
}

function answerIn(headers: IncomingHttpHeaders, body: Buffer, problem: string): HealthAnswer {
  const status = servingStatus(body);
  const http = Number(headers[':status'] ?? 200);
  if (http !== 200) {
    const message = `unexpected HTTP status code received from server: ${http} (${STATUS_CODES[http] ?? ''})`;
    return { code: codeOfHttp[http] ?? 'Unknown', message, status };
  }
  const code = headers['grpc-status'];
  if (code === undefined) return { code: 'Unavailable', message: problem, status };
  return { code: codes[Number(code)] ?? `Code(${String(code)})`, message: messageIn(headers), status };
}

/** Written percent-encoded, and by anybody. */
function messageIn(headers: IncomingHttpHeaders): string {
  const message = String(headers['grpc-message'] ?? '');
  try {
    return decodeURIComponent(message);
  } catch {
    return message;
  }
}

/** `HealthCheckRequest { string service = 1; }` behind the five bytes that say: not compressed, so long. */
function frame(service: string): Buffer {
  const name = Buffer.from(service);
  const message = name.length === 0 ? name : Buffer.concat([Buffer.from([0x0a, ...varint(name.length)]), name]);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value % 0x80) + 0x80, ...varint(Math.floor(value / 0x80))];
}

/** `HealthCheckResponse { ServingStatus status = 1; }`; what is left out is 0. */
function servingStatus(body: Buffer): string {
  try {
    const [first] = readFields(body.subarray(5));
    const status = first?.number === 1 ? Number(first.value) : 0;
    return servingStatuses[status] ?? String(status);
  } catch {
    return servingStatuses[0] as string;
  }
}
