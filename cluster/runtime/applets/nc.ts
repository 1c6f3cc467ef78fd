import { lookup } from 'node:dns/promises';
import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { parseArgs } from 'node:util';
import { describe, fail } from './fail.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    listen: { type: 'boolean', short: 'l' },
    port: { type: 'string', short: 'p' },
    verbose: { type: 'boolean', short: 'v' },
    wait: { type: 'string', short: 'w' },
    zero: { type: 'boolean', short: 'z' },
    numeric: { type: 'boolean', short: 'n' },
  },
});

if (values.listen) {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    server.close();
    talk(socket);
  });
  server.on('error', (error) => fail(`nc: ${describe(error)}`, 1));
  server.listen(Number(values.port ?? positionals[0]));
} else {
  await dial(positionals[0] ?? fail('usage: nc [-lvz] [-p PORT] [-w SEC] HOST PORT', 1), Number(positionals[1]));
}

async function dial(host: string, port: number): Promise<void> {
  const { address } = await lookup(host).catch(() => fail(`nc: bad address '${host}'`, 1));
  const shown = `${host} (${address}:${port})`;
  const socket = connect({ host: address, port, allowHalfOpen: true });
  if (values.wait) setTimeout(() => fail('nc: timed out', 1), Number(values.wait) * 1000).unref();
  socket.on('error', (error) => fail(`nc: ${shown}: ${describe(error)}`, 1));
  socket.on('connect', () => {
    if (values.verbose) process.stderr.write(`${shown} open\n`);
    if (values.zero) process.exit(0);
    talk(socket);
  });
}

function talk(socket: Socket): void {
  process.stdin.pipe(socket);
  socket.pipe(process.stdout);
  socket.on('end', () => process.exit(0));
}
