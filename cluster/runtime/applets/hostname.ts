import { readFileSync } from 'node:fs';
import { lookup } from 'node:dns/promises';
import os from 'node:os';

const [option = ''] = process.argv.slice(2);
const hostname = os.hostname();
if (/^-[iI]$/.test(option)) print((await lookup(hostname)).address);
else print(option === '-f' ? inFull() : hostname);

/** A pod of a StatefulSet has its name in full before the short one. */
function inFull(): string {
  const names = readFileSync('/etc/hosts', 'utf8')
    .split('\n')
    .map((line) => line.split(/\s+/).slice(1));
  return names.find((line) => line.includes(hostname))?.[0] ?? hostname;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
