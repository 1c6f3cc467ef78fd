import { createWriteStream, readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { fail } from './fail.ts';

import { parseCurlOptions } from './curl-options.ts';

const maxRedirects = 50;
const version = '8.14.1';

interface Transfer {
  response: IncomingMessage;
  url: URL;
  redirects: number;
  connectedMs: number;
}

const options = parseCurlOptions(process.argv.slice(2));
const startedMs = performance.now();
const elapsedMs = () => Math.round(performance.now() - startedMs);
process.stdout.on('error', () => process.exit(23));
await main();

async function main(): Promise<void> {
  const transfer = await follow(toUrl(options.url));
  const { response } = transfer;
  if (options.fail && (response.statusCode ?? 0) >= 400) {
    report(22, `The requested URL returned error: ${response.statusCode}`);
  }
  const sink = options.output ? createWriteStream(options.output) : process.stdout;
  if (options.include || options.head) sink.write(headOf(response));
  let size = 0;
  response.on('data', (chunk: Buffer) => (size += chunk.length));
  await pipeline(response, sink, { end: sink !== process.stdout }).catch(() =>
    report(18, 'transfer closed with outstanding read data remaining'),
  );
  if (options.verbose) process.stderr.write(`* Connection #0 to host ${transfer.url.hostname} left intact\n`);
  if (options.writeOut) process.stdout.write(expand(options.writeOut, transfer, size));
  process.exit(0);
}

function toUrl(text: string): URL {
  const url = /^[a-z]+:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(url)) report(3, 'URL rejected: Malformed input to a URL function');
  const parsed = new URL(url);
  if (!['http:', 'https:'].includes(parsed.protocol))
    report(1, `Protocol "${parsed.protocol.slice(0, -1)}" not supported`);
  return parsed;
}

async function follow(url: URL, redirects = 0): Promise<Transfer> {
  const transfer = await send(url, redirects);
  const { statusCode = 0, headers } = transfer.response;
  if (!options.location || statusCode < 300 || statusCode > 399 || !headers.location) return transfer;
  if (redirects >= maxRedirects) report(47, `Maximum (${maxRedirects}) redirects followed`);
  transfer.response.resume();
  // What was posted is not posted again, unless the method was asked for by name.
  if (statusCode <= 303 && options.method === 'POST' && !options.methodGiven) {
    options.method = 'GET';
    options.body = undefined;
    for (const name of ['Content-Length', 'Content-Type']) delete options.headers[name];
  }
  return await follow(new URL(headers.location, url), redirects + 1);
}

function send(url: URL, redirects: number): Promise<Transfer> {
  const { promise, resolve } = Promise.withResolvers<Transfer>();
  const secure = url.protocol === 'https:';
  const port = Number(url.port) || (secure ? 443 : 80);
  const headers = { Host: url.host, 'User-Agent': `curl/${version}`, Accept: '*/*', ...options.headers };
  const request = (secure ? httpsRequest : httpRequest)(url, {
    method: options.method,
    headers,
    rejectUnauthorized: !options.insecure,
    ...(options.authorities ? { ca: readAuthorities(options.authorities) } : {}),
  });
  let connectedMs = 0;
  const limit = (seconds: number | undefined, message: () => string) =>
    seconds === undefined ? undefined : setTimeout(() => report(28, message()), seconds * 1000);
  limit(options.maxTimeSeconds, () =>
    connectedMs === 0
      ? `Connection timed out after ${elapsedMs()} milliseconds`
      : `Operation timed out after ${elapsedMs()} milliseconds with 0 bytes received`,
  );
  const connecting = limit(
    options.connectTimeoutSeconds,
    () => `Failed to connect to ${url.hostname} port ${port} after ${elapsedMs()} ms: Timeout was reached`,
  );

  request.on('socket', (socket) => {
    socket.on('lookup', (_error, address) => verbose(`*   Trying ${address}:${port}...`));
    socket.on('connect', () => {
      clearTimeout(connecting);
      connectedMs = elapsedMs();
      verbose(`* Connected to ${url.hostname} (${socket.remoteAddress}) port ${port}`);
      const lines = [
        `${options.method} ${url.pathname}${url.search} HTTP/1.1`,
        ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
        '',
      ];
      for (const line of lines) verbose(`> ${line}`);
    });
  });
  request.on('response', (response) => {
    for (const line of headOf(response).trimEnd().split('\r\n')) verbose(`< ${line}`);
    verbose('<');
    resolve({ response, url, redirects, connectedMs });
  });
  request.on('error', (error: NodeJS.ErrnoException) => explain(error, url, port, connectedMs > 0));
  request.end(options.body);
  return promise;
}

function readAuthorities(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return report(77, `error setting certificate verify locations:  CAfile: ${path} CApath: none`);
  }
}

/** curl's own number and words for what went wrong. */
function explain(error: NodeJS.ErrnoException, { hostname }: URL, port: number, connected: boolean): never {
  if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN') report(6, `Could not resolve host: ${hostname}`);
  if (error.message === 'socket hang up') report(52, 'Empty reply from server');
  if (connected && error.code === 'ECONNRESET') report(56, 'Recv failure: Connection reset by peer');
  if (error.code?.includes('CERT') || error.code?.includes('SSL'))
    report(60, `SSL certificate problem: ${error.message}`);
  return report(
    7,
    `Failed to connect to ${hostname} port ${port} after ${elapsedMs()} ms: Could not connect to server`,
  );
}

function report(code: number, message: string): never {
  if (options.writeOut) process.stdout.write(expand(options.writeOut));
  if (options.silent && !options.showError) process.exit(code);
  return fail(`curl: (${code}) ${message}`, code);
}

function verbose(line: string): void {
  if (options.verbose) process.stderr.write(`${line}\n`);
}

function headOf({ httpVersion, statusCode, statusMessage, rawHeaders }: IncomingMessage): string {
  const pairs = rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1]}`] : []));
  return [`HTTP/${httpVersion} ${statusCode} ${statusMessage}`, ...pairs, '', ''].join('\r\n');
}

/** `--write-out`: `%{http_code}` and its like. */
function expand(format: string, transfer?: Transfer, size = 0): string {
  const seconds = (ms: number) => (ms / 1000).toFixed(6);
  const code = String(transfer?.response.statusCode ?? 0).padStart(3, '0');
  const values: Record<string, string | number | undefined> = {
    http_code: code,
    response_code: code,
    time_total: seconds(elapsedMs()),
    time_connect: seconds(transfer?.connectedMs ?? 0),
    time_starttransfer: seconds(elapsedMs()),
    size_download: size,
    num_redirects: transfer?.redirects ?? 0,
    remote_ip: transfer?.response.socket?.remoteAddress,
    url_effective: transfer?.url.href ?? options.url,
    content_type: transfer?.response.headers['content-type'],
  };
  const text = format.startsWith('@') ? readFileSync(format.slice(1), 'utf8') : format;
  return text
    .replaceAll(/%\{(\w+)\}/g, (_all, name: string) => String(values[name] ?? ''))
    .replaceAll(String.raw`\n`, '\n')
    .replaceAll(String.raw`\t`, '\t');
}
