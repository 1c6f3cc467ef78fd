import { createWriteStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { describe, fail } from './fail.ts';

// As busybox has it, which is what small images carry.
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quiet: { type: 'boolean', short: 'q' },
    'output-document': { type: 'string', short: 'O' },
    'server-response': { type: 'boolean', short: 'S' },
    spider: { type: 'boolean' },
    timeout: { type: 'string', short: 'T' },
    header: { type: 'string', multiple: true },
    'post-data': { type: 'string' },
    'no-check-certificate': { type: 'boolean' },
  },
});
const timeoutMs = Number(values.timeout ?? 900) * 1000;
const target = positionals[0] ?? fail('wget: missing URL', 1);
await download(new URL(/^https?:\/\//.test(target) ? target : `http://${target}`));

async function download(url: URL): Promise<void> {
  setTimeout(() => fail('wget: download timed out', 1), timeoutMs);
  const response = await send(url);
  const { statusCode = 0, statusMessage, headers } = response;
  if (values['server-response']) process.stderr.write(`  HTTP/1.1 ${statusCode} ${statusMessage}\n`);
  if (statusCode >= 300 && statusCode < 400 && headers.location) {
    await download(new URL(headers.location, url));
    return;
  }
  if (statusCode >= 400) fail(`wget: server returned error: HTTP/1.1 ${statusCode} ${statusMessage}`, 1);
  if (values.spider) process.exit(0);
  const name = values['output-document'] ?? (path.basename(url.pathname) || 'index.html');
  say(name === '-' ? 'writing to stdout' : `saving to '${name}'`);
  await pipeline(response, name === '-' ? process.stdout : createWriteStream(name), { end: name !== '-' });
  say(name === '-' ? 'written to stdout' : `'${name}' saved`);
  process.exit(0);
}

function send(url: URL): Promise<IncomingMessage> {
  const { promise, resolve } = Promise.withResolvers<IncomingMessage>();
  const secure = url.protocol === 'https:';
  const headers = Object.fromEntries((values.header ?? []).map((line) => line.split(/:\s*/, 2) as [string, string]));
  const body = values['post-data'];
  const request = (secure ? httpsRequest : httpRequest)(
    url,
    {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'User-Agent': 'Wget', ...headers },
      rejectUnauthorized: !values['no-check-certificate'],
    },
    resolve,
  );
  let address = url.hostname;
  request.on('socket', (socket) => {
    socket.on('lookup', (_error, found) => {
      address = String(found);
      say(`Connecting to ${url.hostname} (${address}:${url.port || (secure ? 443 : 80)})`);
    });
  });
  request.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN') fail(`wget: bad address '${url.host}'`, 1);
    if (error.syscall === 'connect') fail(`wget: can't connect to remote host (${address}): ${describe(error)}`, 1);
    fail('wget: error getting response', 1);
  });
  request.end(body);
  return promise;
}

function say(line: string): void {
  if (!values.quiet) process.stderr.write(`${line}\n`);
}
