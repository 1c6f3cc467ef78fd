import { type FileHandle, open } from 'node:fs/promises';
import type { LogOptions } from '../apiserver/node-proxy.ts';
import type { ContainerLog } from './container-log.ts';

const blockBytes = 64 * 1024;
const newline = 0x0a;

type ReadOptions = Pick<LogOptions, 'follow' | 'timestamps' | 'tailLines' | 'limitBytes' | 'sinceMs'>;

/**
 * The text of a log as `kubectl logs` prints it, in blocks. With `tailLines` only the end of the file is read; with
 * `follow` it goes on until the container has ended or `signal` aborts.
 */
export async function* readLog(log: ContainerLog, options: ReadOptions, signal: AbortSignal): AsyncGenerator<Buffer> {
  let left = options.limitBytes ?? Number.POSITIVE_INFINITY;
  for await (const block of readRecords(log, options, signal)) {
    const text = Buffer.from(printed(block, options));
    if (text.length === 0) continue;
    yield text.length <= left ? text : text.subarray(0, left);
    left -= text.length;
    if (left <= 0) return;
  }
}

/** Blocks of whole records, from where the options want to begin. */
async function* readRecords(log: ContainerLog, options: ReadOptions, signal: AbortSignal): AsyncGenerator<Buffer> {
  log.flush();
  let generation = log.generation;
  let file = await openByName(log);
  try {
    let offset = options.tailLines === undefined ? 0 : await offsetOfTail(file, options.tailLines);
    while (!signal.aborted) {
      const { version, isOpen } = log;
      for await (const block of readFrom(file, offset)) {
        offset += block.length;
        yield block;
        if (signal.aborted) return;
      }
      if (log.generation !== generation) {
        generation = log.generation;
        // What was written between the last look and the rotation.
        yield* readFrom(file, offset);
        await file.close();
        file = await openByName(log);
        offset = 0;
      } else if (!options.follow || !isOpen) {
        return;
      } else {
        await log.changedSince(version, signal);
      }
    }
  } finally {
    await file.close();
  }
}

/** A rotation takes the file from its name for a moment; when the refusal arrives here, it is over. */
async function openByName({ file }: ContainerLog): Promise<FileHandle> {
  return await open(file, 'r').catch(() => open(file, 'r'));
}

/** Reads to the end of the file; each block ends with a newline, and what follows the last one is left for later. */
async function* readFrom(file: FileHandle, from: number): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0);
  for (let at = from; ;) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(blockBytes), 0, blockBytes, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    const data = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
    const end = data.lastIndexOf(newline) + 1;
    rest = data.subarray(end);
    if (end > 0) yield data.subarray(0, end);
  }
}

/** Where the last `lines` lines begin; reads backwards, so that the size of the file does not matter. */
async function offsetOfTail(file: FileHandle, lines: number): Promise<number> {
  const { size } = await file.stat();
  let wanted = lines + 1;
  for (let end = size; end > 0; end -= blockBytes) {
    const start = Math.max(0, end - blockBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
    for (let at = bytesRead - 1; at >= 0; at--) {
      if (buffer[at] === newline && --wanted === 0) return start + at + 1;
    }
  }
  return lines > 0 ? 0 : size;
}

/** Takes `time stream F ` off each line, or only the stream when times are wanted. */
function printed(block: Buffer, { timestamps, sinceMs }: ReadOptions): string {
  let text = '';
  for (const record of block.toString('utf8').split('\n')) {
    if (record === '') continue;
    const afterTime = record.indexOf(' ');
    const afterStream = record.indexOf(' ', afterTime + 1);
    const time = record.slice(0, afterTime);
    if (sinceMs !== undefined && Date.parse(time) < sinceMs) continue;
    text += `${timestamps ? `${time} ` : ''}${record.slice(afterStream + ' F '.length)}\n`;
  }
  return text;
}
