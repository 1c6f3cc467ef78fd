import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { describe } from './fail.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    all: { type: 'boolean', short: 'a' },
    'almost-all': { type: 'boolean', short: 'A' },
    long: { type: 'boolean', short: 'l' },
    one: { type: 'boolean', short: '1' },
    human: { type: 'boolean', short: 'h' },
    directory: { type: 'boolean', short: 'd' },
  },
});

const targets = (positionals.length > 0 ? positionals : ['.']).toSorted();
const files: string[] = [];
const folders: string[] = [];
for (const target of targets) {
  try {
    const isFolder = !values.directory && lstatSync(target).isDirectory();
    (isFolder ? folders : files).push(target);
  } catch (error) {
    refuse(target, error);
  }
}
for (const file of files) print(file, file);
for (const [index, folder] of folders.entries()) {
  if (index > 0 || files.length > 0) process.stdout.write('\n');
  if (targets.length > 1) process.stdout.write(`${folder}:\n`);
  try {
    for (const name of namesIn(folder)) print(name, path.join(folder, name));
  } catch (error) {
    refuse(folder, error);
  }
}

function refuse(target: string, error: unknown): void {
  process.stderr.write(`ls: ${target}: ${describe(error)}\n`);
  process.exitCode = 1;
}

function namesIn(directory: string): string[] {
  const names = readdirSync(directory).toSorted();
  if (values.all) return ['.', '..', ...names];
  return values['almost-all'] ? names : names.filter((name) => !name.startsWith('.'));
}

function print(name: string, file: string): void {
  if (!values.long) {
    process.stdout.write(`${name}\n`);
    return;
  }
  const stat = lstatSync(file);
  const link = stat.isSymbolicLink() ? ` -> ${readlinkSync(file)}` : '';
  const time = stat.mtime.toISOString().replace('T', ' ').slice(0, 16);
  process.stdout.write(
    `${modeOf(stat)} ${String(stat.nlink).padStart(4)} root     root     ${String(stat.size).padStart(10)} ${time} ${name}${link}\n`,
  );
}

function modeOf(stat: ReturnType<typeof lstatSync> & object): string {
  const type = stat.isDirectory() ? 'd' : stat.isSymbolicLink() ? 'l' : '-';
  const bits = Array.from({ length: 9 }, (_bit, index) =>
    (Number(stat.mode) >> (8 - index)) & 1 ? 'rwx'[index % 3] : '-',
  );
  return type + bits.join('');
}
