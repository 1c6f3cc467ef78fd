import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout } from 'node:timers/promises';
import { fail } from './fail.ts';

interface ControlSocket {
  ask(op: string, question: object): Promise<{ name: string; addresses: string[]; exists: boolean; silentMs?: number }>;
}

const name =
  process.argv.slice(2).find((arg) => !arg.startsWith('-')) ?? fail('BusyBox: nslookup HOST [DNS_SERVER]', 1);
// The preload's own line: `dns` would not say the name in full.
const control = createRequire(import.meta.url)('../preload/control-socket.cjs') as ControlSocket;
const answer = await control.ask('dns', { name });
if (answer.silentMs) {
  await setTimeout(answer.silentMs);
  fail(';; connection timed out; no servers could be reached\n', 1);
}
const server = /^nameserver\s+(\S+)/m.exec(readFileSync('/etc/resolv.conf', 'utf8'))?.[1] ?? '';

process.stdout.write(`Server:\t\t${server}\nAddress:\t${server}:53\n\n`);
if (answer.exists) {
  for (const address of answer.addresses) process.stdout.write(`Name:\t${answer.name}\nAddress: ${address}\n`);
  process.stdout.write('\n');
} else {
  process.stdout.write(`** server can't find ${answer.name}: NXDOMAIN\n\n`);
  process.exitCode = 1;
}
