import { closeSync, fstatSync, ftruncateSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

/** A damaged file of the store: something other than the end that a crash cuts off. */
export class DamagedJournalError extends Error {
  override readonly name = 'DamagedJournalError';
}

/** Text with its checksum: a line of a journal or snapshot. */
export function encodeLine(value: unknown): string {
  const json = JSON.stringify(value);
  return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`;
}

/**
 * Reads all whole lines. A last line that was cut off is dropped: its writer never got to say that it was done.
 * @returns the lines' values and how many bytes of the file hold
 * @throws DamagedJournalError when a line before the last is broken
 */
export function readLines(file: string): { values: unknown[]; bytes: number } {
  const data = readFileSync(file);
  const values: unknown[] = [];
  let at = 0;
  while (at < data.length) {
    const end = data.indexOf(0x0a, at);
    const value = end < 0 ? undefined : decodeLine(data.toString('utf8', at, end));
    if (value === undefined) {
      if (end >= 0 && end + 1 < data.length) {
        throw new DamagedJournalError(`${file} is damaged in line ${values.length + 1}`);
      }
      break;
    }
    values.push(value);
    at = end + 1;
  }
  return { values, bytes: at };
}

function decodeLine(line: string): unknown {
  const json = line.slice(9);
  return crc32(json).toString(16).padStart(8, '0') === line.slice(0, 8) ? (JSON.parse(json) as unknown) : undefined;
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

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Writes the line or nothing. When it returns, a crash of this process can't take the line back.
   * @throws the file system's error, such as ENOSPC
   */
  append(line: string): void {
    const data = Buffer.from(line);
    try {
      for (let written = 0; written < data.length;) written += writeSync(this.#fd, data, written);
    } catch (error) {
      ftruncateSync(this.#fd, this.#bytes);
      throw error;
    }
    this.#bytes += data.length;
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
