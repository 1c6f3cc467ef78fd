import { closeSync, fstatSync, mkdirSync, openSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Container } from '../objects/types.ts';
import type { ContainerSpec } from '../runtime/container-runtime.ts';
import { containerDir } from './pod-ground.ts';

const maxMessageBytes = 4096;
const maxLogBytes = 2048;
const maxLogLines = 80;
const defaultPath = '/dev/termination-log';

/** The file in which a container may say why it ends, where the container sees it. */
export function terminationMount(container: Container, podDir: string): ContainerSpec['mounts'][number] {
  return {
    mountPath: container.terminationMessagePath ?? defaultPath,
    hostPath: fileOf(container, podDir),
    readOnly: false,
  };
}

/** Each run begins with an empty file. */
export function clearTerminationMessage(container: Container, podDir: string): void {
  mkdirSync(containerDir(podDir, container.name), { recursive: true });
  writeFileSync(fileOf(container, podDir), '');
}

/**
 * What a container that has ended leaves as its message; by its policy the end of its log, when it failed silently.
 * @param logFile as `ContainerLog` writes it
 */
export function terminationMessage(
  container: Container,
  exitCode: number,
  files: { podDir: string; logFile: string },
): string {
  const message = readEnd(fileOf(container, files.podDir), maxMessageBytes);
  const policy = container.terminationMessagePolicy;
  if (message !== '' || exitCode === 0 || policy !== 'FallbackToLogsOnError') return message;
  const lines = readEnd(files.logFile, 2 * maxLogBytes + maxLogLines * 48).split('\n');
  const texts = lines
    .map((line) => /^\S+Z std(?:out|err) F (.*)$/s.exec(line)?.[1])
    .filter((text) => text !== undefined);
  const text = texts
    .slice(-maxLogLines)
    .map((line) => `${line}\n`)
    .join('');
  return Buffer.from(text).subarray(-maxLogBytes).toString();
}

function fileOf(container: Container, podDir: string): string {
  return join(containerDir(podDir, container.name), 'termination-log');
}

/** The last bytes of a file; of none, nothing. */
function readEnd(file: string, maxBytes: number): string {
  try {
    const fd = openSync(file, 'r');
    try {
      const buffer = Buffer.alloc(maxBytes);
      const bytes = readSync(fd, buffer, 0, maxBytes, Math.max(0, fstatSync(fd).size - maxBytes));
      return buffer.toString('utf8', 0, bytes);
    } finally {
      closeSync(fd);
    }
  } catch {
    return '';
  }
}
