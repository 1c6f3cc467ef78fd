import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { describe } from './fail.ts';

process.stdout.on('error', () => process.exit(1));
const files = process.argv.slice(2).filter((arg) => arg === '-' || !arg.startsWith('-'));
for (const file of files.length > 0 ? files : ['-']) {
  try {
    await pipeline(file === '-' ? process.stdin : createReadStream(file), process.stdout, { end: false });
  } catch (error) {
    process.stderr.write(`cat: can't open '${file}': ${describe(error)}\n`);
    process.exitCode = 1;
  }
}
