/** `tar` as far as `kubectl cp` and a person in a hurry need it: c, x and t with f, C, v, m, and plain archives. */
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, lstat, mkdir, readdir, readlink, rm, symlink, utimes } from 'node:fs/promises';
import path from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, fail } from './fail.ts';
import { blockBytes, decodeExtended, decodeHeader, encodeHeader, type Entry, paddingAfter } from './tar-format.ts';

const { verb, file, directory, verbose, names } = parse(process.argv.slice(2));
process.stdout.on('error', () => process.exit(1));

if (verb === 'c') await create();
else await read();

async function create(): Promise<void> {
  const out = file === '-' ? process.stdout : createWriteStream(path.resolve(directory, file));
  if (names.some((name) => name.startsWith('/'))) {
    process.stderr.write("tar: removing leading '/' from member names\n");
  }
  for (const name of names) await add(name, out);
  out.end(Buffer.alloc(2 * blockBytes));
}

async function add(name: string, out: Writable): Promise<void> {
  const source = path.resolve(directory, name);
  try {
    const stat = await lstat(source);
    const type = stat.isDirectory() ? 'directory' : stat.isSymbolicLink() ? 'symlink' : 'file';
    const entry: Entry = {
      name: name.replace(/^\/+/, '').replace(/\/+$/, '') + (type === 'directory' ? '/' : ''),
      type,
      size: stat.size,
      mode: stat.mode,
      mtimeMs: stat.mtimeMs,
      linkName: type === 'symlink' ? await readlink(source) : '',
    };
    if (verbose) process.stderr.write(`${entry.name}\n`);
    await write(out, encodeHeader(entry));
    // A file that grows meanwhile must not spoil the archive.
    if (type === 'file' && stat.size > 0) await append(out, source, stat.size);
    if (type !== 'directory') return;
    for (const child of (await readdir(source)).toSorted()) await add(path.posix.join(name, child), out);
  } catch (error) {
    process.stderr.write(`tar: ${name}: ${describe(error)}\n`);
    process.exitCode = 1;
  }
}

async function append(out: Writable, source: string, size: number): Promise<void> {
  let written = 0;
  for await (const chunk of createReadStream(source, { end: size - 1 }) as AsyncIterable<Buffer>) {
    written += chunk.length;
    await write(out, chunk);
  }
  await write(out, Buffer.alloc(size - written + paddingAfter(size)));
}

function write(out: Writable, data: Buffer): Promise<void> {
  return new Promise((resolve) => void (out.write(data) ? resolve() : out.once('drain', resolve)));
}

async function read(): Promise<void> {
  const input = bytesOf(file === '-' ? process.stdin : createReadStream(path.resolve(directory, file)));
  let longName: string | undefined;
  let longLink: string | undefined;
  for (;;) {
    const block = await input.take(blockBytes);
    const header = block.length === blockBytes ? decodeHeader(block) : undefined;
    if (!header) break;
    const filled = header.size + paddingAfter(header.size);
    if ('xLK'.includes(header.typeFlag)) {
      const content = (await input.take(filled)).subarray(0, header.size);
      const records = decodeExtended(header.typeFlag === 'x' ? content : Buffer.alloc(0));
      const text = content.toString().replace(/\0.*$/s, '');
      longName = header.typeFlag === 'L' ? text : (records.get('path') ?? longName);
      longLink = header.typeFlag === 'K' ? text : (records.get('linkpath') ?? longLink);
      continue;
    }
    const entry = { ...header, name: longName ?? header.name, linkName: longLink ?? header.linkName };
    longName = longLink = undefined;
    if (verb === 't' || verbose) process.stdout.write(`${entry.name}\n`);
    const content = input.stream(
      header.typeFlag === 'g' || entry.type === 'other' || entry.type === 'file' ? filled : 0,
    );
    if (verb === 'x' && entry.type !== 'other') await extract(entry, content);
    for await (const rest of content) void rest;
  }
  // Whoever sends the archive may not have noticed its end yet.
  for await (const rest of input.stream(Number.POSITIVE_INFINITY)) void rest;
}

async function extract(entry: Entry, content: AsyncGenerator<Buffer>): Promise<void> {
  const target = path.join(path.resolve(directory), path.resolve('/', entry.name));
  try {
    await mkdir(entry.type === 'directory' ? target : path.dirname(target), { recursive: true });
    if (entry.type === 'symlink') {
      await rm(target, { force: true });
      await symlink(entry.linkName, target);
    } else if (entry.type === 'file') {
      await pipeline(Readable.from(upTo(content, entry.size)), createWriteStream(target));
      await chmod(target, entry.mode & 0o777);
      await utimes(target, entry.mtimeMs / 1000, entry.mtimeMs / 1000);
    }
  } catch (error) {
    process.stderr.write(`tar: can't open '${entry.name}': ${describe(error)}\n`);
    process.exitCode = 1;
  }
}

async function* upTo(content: AsyncGenerator<Buffer>, size: number): AsyncGenerator<Buffer> {
  let left = size;
  for (let next = await content.next(); !next.done; next = await content.next()) {
    yield next.value.subarray(0, left);
    left = Math.max(0, left - next.value.length);
  }
}

/** Takes a stream apart by counts of bytes. */
function bytesOf(source: AsyncIterable<Buffer>) {
  const chunks = source[Symbol.asyncIterator]();
  let rest = Buffer.alloc(0);
  async function* stream(size: number): AsyncGenerator<Buffer> {
    for (let left = size; left > 0;) {
      if (rest.length === 0) {
        const next = await chunks.next();
        if (next.done) return;
        rest = Buffer.from(next.value);
      }
      const part = rest.subarray(0, Math.min(left, rest.length));
      rest = rest.subarray(part.length);
      left -= part.length;
      yield part;
    }
  }
  return {
    stream,
    async take(size: number): Promise<Buffer> {
      const parts: Buffer[] = [];
      for await (const part of stream(size)) parts.push(part);
      return Buffer.concat(parts);
    },
  };
}

function parse(args: readonly string[]) {
  const found = { verb: '', file: '-', directory: '.', verbose: false, names: [] as string[] };
  const line = args.filter((arg) => !arg.startsWith('--'));
  if (line[0] && !line[0].startsWith('-')) line[0] = `-${line[0]}`;
  for (let arg = line.shift(); arg !== undefined; arg = line.shift()) {
    if (arg === '-' || !arg.startsWith('-')) found.names.push(arg);
    for (const letter of arg.startsWith('-') ? arg.slice(1) : '') {
      if ('cxt'.includes(letter)) found.verb = letter;
      else if (letter === 'v') found.verbose = true;
      else if (letter === 'f') found.file = line.shift() ?? '-';
      else if (letter === 'C') found.directory = line.shift() ?? '.';
      else if (!'mpo'.includes(letter)) fail(`tar: invalid option -- '${letter}'`, 1);
    }
  }
  if (!found.verb) fail('tar: must specify one of -c, -x or -t', 1);
  return found;
}
