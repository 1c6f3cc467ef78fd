import { lookup } from 'node:dns/promises';
import os from 'node:os';

const byAddress = process.argv.slice(2).some((arg) => arg === '-i' || arg === '-I');
process.stdout.write(`${byAddress ? (await lookup(os.hostname())).address : os.hostname()}\n`);
