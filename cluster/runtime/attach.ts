import type { ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { AttachStreams } from './container-runtime.ts';

/**
 * Connects a client with a container's own process: what it writes from now on, and its input where the container has
 * one. Resolves when the container has ended or the client has gone.
 * @param options `stdinOnce`: the input ends with the first client that ends it
 */
export async function attachTo(
  child: Pick<ChildProcess, 'stdin' | 'stdout' | 'stderr'>,
  streams: AttachStreams,
  options: { stdinOnce: boolean; exited: Promise<unknown> },
): Promise<void> {
  const { stdin, stdout, stderr, signal } = streams;
  const detach = [forward(child.stdout, stdout), forward(child.stderr, stderr ?? stdout)];
  const input = child.stdin;
  if (stdin && input?.writable) {
    stdin.pipe(input, { end: options.stdinOnce });
    detach.push(() => {
      stdin.unpipe(input);
      if (options.stdinOnce) input.end();
    });
  }
  const { promise: gone, resolve } = Promise.withResolvers<void>();
  const onGone = () => resolve();
  if (signal.aborted) resolve();
  signal.addEventListener('abort', onGone, { once: true });
  await Promise.race([options.exited, gone]);
  signal.removeEventListener('abort', onGone);
  for (const undo of detach) undo();
}

/** Copies as fast as the client reads: a slow one holds the container back, as a full terminal does. */
function forward(from: Readable | null, to: Writable | undefined): () => void {
  if (!from || !to) return () => {};
  const goOn = () => void from.resume();
  const onData = (chunk: Buffer) => {
    if (to.destroyed || to.write(chunk)) return;
    from.pause();
    to.once('drain', goOn);
  };
  from.on('data', onData);
  to.once('close', goOn);
  return () => {
    from.off('data', onData);
    to.off('close', goOn);
    from.resume();
  };
}
