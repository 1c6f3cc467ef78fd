import { Writable } from 'node:stream';
import type { PodNetwork } from '../network/pod-network.ts';
import type { ContainerRecord } from './container-record.ts';
import { limits } from './limits.ts';
import type { PodHandle } from './pod-handle.ts';

/** The pod as probes and hooks reach it. */
export function podHandleOf(
  uid: string,
  ip: string,
  records: readonly ContainerRecord[],
  network: PodNetwork,
): PodHandle {
  return {
    ip,
    connect: (port, from) => network.connect(uid, port, from),
    async exec(name, command, signal) {
      const run = records.find((one) => one.name === name)?.run;
      if (!run) throw new Error(`container ${name} is not running`);
      const kept = createBoundedSink(limits.probeOutputBytes);
      const streams = { stdout: kept.stream, stderr: kept.stream, signal };
      const { exitCode } = await run.container.exec({ command, tty: false }, streams);
      return { exitCode, output: kept.content() };
    },
  };
}

/** Takes everything and keeps the beginning. */
function createBoundedSink(maxBytes: number): { stream: Writable; content(): Buffer } {
  const chunks: Buffer[] = [];
  let size = 0;
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (size < maxBytes) chunks.push(chunk.subarray(0, maxBytes - size));
      size += chunk.length;
      done();
    },
  });
  return { stream, content: () => Buffer.concat(chunks) };
}
