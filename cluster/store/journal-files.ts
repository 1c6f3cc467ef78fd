import { closeSync, fstatSync, ftruncateSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

const checksumDigits = 8;
const tabulator = 0x09;
const lineBreak = 0x0a;

/** A damaged file of the store: something other than the end that a crash cuts off. */
export class DamagedJournalError extends Error {
  override readonly name = 'DamagedJournalError';
}

/** A line of a journal or snapshot: whose text it is, so that it can be filed unread, and the text. */
export interface Line<Head> {
  head: Head;
  /** JSON. */
  text: Buffer;
}

/** Head and text with their checksum. Neither holds a tab or a line break: JSON writes them as escapes. */
export function encodeLine(head: unknown, value: unknown): string {
  const line = `${JSON.stringify(head)}\t${JSON.stringify(value)}`;
  return `${crc32(line).toString(16).padStart(checksumDigits, '0')} ${line}\n`;
}

/**
 * Reads all whole lines. A last line that was cut off is dropped: its writer never got to say that it was done.
 * @returns the lines and how many bytes of the file hold
 * @throws DamagedJournalError when a line before the last is broken
 */
export function readLines<Head>(file: string): { lines: Line<Head>[]; bytes: number } {
  const data = readFileSync(file);
  const lines: Line<Head>[] = [];
  let at = 0;
  while (at < data.length) {
    const end = data.indexOf(lineBreak, at);
    const line = end < 0 ? undefined : decodeLine<Head>(data.subarray(at, end));
    if (line === undefined) {
      if (end >= 0 && end + 1 < data.length) {
        throw new DamagedJournalError(`${file} is damaged in line ${lines.length + 1}`);
      }
      break;
    }
    lines.push(line);
    at = end + 1;
  }
  return { lines, bytes: at };
}

function decodeLine<Head>(line: Buffer): Line<Head> | undefined {
  const sealed = line.subarray(checksumDigits + 1);
  const tab = sealed.indexOf(tabulator);
  if (tab < 0 || crc32(sealed) !== Number.parseInt(line.toString('latin1', 0, checksumDigits), 16)) return undefined;
  return { head: JSON.parse(sealed.toString('utf8', 0, tab)) as Head, text: sealed.subarray(tab + 1) };
}

/** A file that only grows, by whole lines. */
export class AppendFile implements Disposable {
  readonly #fd: number;
  #bytes: number;

  /** @param keepBytes what is behind is cut off */
  constructor(file: string, keepBytes?: number) {
    this.#fd = openSync(file, 'a', 0o600);
    this.#bytes = keepBytes ?? fstatSync(this.#fd).size;
    ftruncateSync(this.#fd, this.#bytes);
  }

  /**
   * Writes the line or nothing. When it returns, a crash of this process can't take the line back.
   * @returns how many bytes it took
   * @throws the file system's error, such as ENOSPC
   */
  append(line: string): number {
    const data = Buffer.from(line);
    try {
      for (let written = 0; written < data.length;) written += writeSync(this.#fd, data, written);
    } catch (error) {
      ftruncateSync(this.#fd, this.#bytes);
      throw error;
    }
    this.#bytes += data.length;
    return data.length;
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }
}

/** Files `<kind>-<revision>.jsonl` of a folder, oldest first. */
export function listByRevision(dir: string, kind: string): { file: string; revision: number }[] {
  return readdirSync(dir)
    .flatMap((name) => {
      const [, revision] = new RegExp(`^${kind}-(\\d+)\\.jsonl$`).exec(name) ?? [];
      return revision ? [{ file: join(dir, name), revision: Number(revision) }] : [];
    })
    .toSorted((a, b) => a.revision - b.revision);
}

export function fileAt(dir: string, kind: string, revision: number): string {
  return join(dir, `${kind}-${revision}.jsonl`);
}

/** Removes what a newer snapshot has made useless, and what a crash left half-written. */
export function removeBefore(dir: string, revision: number): void {
  for (const kind of ['snapshot', 'journal']) {
    for (const old of listByRevision(dir, kind)) if (old.revision < revision) rmSync(old.file, { force: true });
  }
  for (const name of readdirSync(dir)) if (name.endsWith('.new')) rmSync(join(dir, name), { force: true });
}
