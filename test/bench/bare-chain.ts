import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Entrance } from './load.ts';

const hop = fileURLToPath(new URL('hop.ts', import.meta.url));
const startMs = 10_000;

/** As many plain `node:http` processes as the shop has services, each calling the next: what the hops alone cost. */
export async function openBareChain(length: number): Promise<AsyncDisposable & Entrance> {
  const hops: ChildProcess[] = [];
  await using undo = new AsyncDisposableStack();
  undo.defer(async () => {
    const alive = hops.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
    const ended = alive.map((child) => once(child, 'exit'));
    for (const child of alive) child.kill('SIGKILL');
    await Promise.all(ended);
  });
  let url = '';
  for (let index = 0; index < length; index++) {
    const child = fork(hop, url ? [url] : [], { stdio: 'ignore' });
    hops.push(child);
    const [message] = (await once(child, 'message', { signal: AbortSignal.timeout(startMs) })) as [{ port: number }];
    url = `http://127.0.0.1:${message.port}`;
  }
  const owned = undo.move();
  return { url, path: '/', [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
