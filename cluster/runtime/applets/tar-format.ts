/** The parts of a tar archive: the ustar header, with GNU's long names written and POSIX's extended ones read too. */

export const blockBytes = 512;

export interface Entry {
  name: string;
  type: 'file' | 'directory' | 'symlink' | 'other';
  size: number;
  mode: number;
  mtimeMs: number;
  linkName: string;
}

const typeFlags = { file: '0', directory: '5', symlink: '2', other: '0' };
const longNameBytes = 100;

/** How many bytes follow `size` bytes of content to fill the last block. */
export function paddingAfter(size: number): number {
  return (blockBytes - (size % blockBytes)) % blockBytes;
}

/** The header of an entry, with the blocks for a long name in front. */
export function encodeHeader(entry: Entry): Buffer {
  const blocks = [header(entry, typeFlags[entry.type])];
  for (const [flag, text] of [
    ['L', entry.name],
    ['K', entry.linkName],
  ] as const) {
    const bytes = Buffer.from(`${text}\0`);
    if (bytes.length <= longNameBytes) continue;
    const long = { ...entry, name: '././@LongLink', linkName: '', size: bytes.length, mode: 0, mtimeMs: 0 };
    blocks.unshift(header(long, flag), bytes, Buffer.alloc(paddingAfter(bytes.length)));
  }
  return Buffer.concat(blocks);
}

function header(entry: Entry, typeFlag: string): Buffer {
  const block = Buffer.alloc(blockBytes);
  const octal = (value: number, at: number, length: number) =>
    block.write(
      `${Math.floor(value)
        .toString(8)
        .padStart(length - 1, '0')}\0`,
      at,
      'latin1',
    );
  block.write(entry.name, 0, longNameBytes);
  octal(entry.mode & 0o7777, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(entry.type === 'file' || typeFlag === 'L' || typeFlag === 'K' ? entry.size : 0, 124, 12);
  octal(entry.mtimeMs / 1000, 136, 12);
  block.write(typeFlag, 156, 'latin1');
  block.write(entry.linkName, 157, longNameBytes);
  block.write('ustar\x0000', 257, 'latin1');
  block.fill(' ', 148, 156);
  block.write(`${sum(block).toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

export interface Header extends Entry {
  typeFlag: string;
}

/**
 * Reads one header block; undefined for the empty block that ends an archive.
 * @throws Error when the block is none
 */
export function decodeHeader(block: Buffer): Header | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  const stored = number(block, 148, 8);
  const unsummed = Buffer.from(block).fill(' ', 148, 156);
  if (sum(unsummed) !== stored) throw new Error('invalid tar magic');
  const typeFlag = String.fromCodePoint(block[156] ?? 0);
  const prefix = text(block, 257, 5) === 'ustar' && text(block, 257, 8) !== 'ustar  ' ? text(block, 345, 155) : '';
  const name = text(block, 0, longNameBytes);
  const types: Record<string, Entry['type']> = { '0': 'file', '\0': 'file', '5': 'directory', '2': 'symlink' };
  return {
    name: prefix ? `${prefix}/${name}` : name,
    type: types[typeFlag] ?? 'other',
    size: number(block, 124, 12),
    mode: number(block, 100, 8),
    mtimeMs: number(block, 136, 12) * 1000,
    linkName: text(block, 157, longNameBytes),
    typeFlag,
  };
}

/** The records of an extended header, `LENGTH KEY=VALUE`. */
export function decodeExtended(content: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < content.length;) {
    const length = Number.parseInt(content.toString('latin1', at, at + 20), 10);
    if (!(length > 0)) break;
    const record = content.toString('utf8', at, at + length - 1);
    const [, key = '', value = ''] = /^\d+ ([^=]+)=(.*)$/s.exec(record) ?? [];
    records.set(key, value);
    at += length;
  }
  return records;
}

/** Octal digits, or GNU's binary for what does not fit. */
function number(block: Buffer, at: number, length: number): number {
  if (((block[at] ?? 0) & 0x80) !== 0) return Number(block.readBigUInt64BE(at + length - 8));
  return Number.parseInt(text(block, at, length).trim() || '0', 8);
}

function text(block: Buffer, at: number, length: number): string {
  const end = block.indexOf(0, at);
  return block.toString('utf8', at, end >= 0 && end < at + length ? end : at + length);
}

function sum(block: Buffer): number {
  return block.reduce((total, byte) => total + byte, 0);
}
