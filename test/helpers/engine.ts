/** An engine in a process of its own, to be killed: `node engine.ts DIR`. Prints a line when it is ready. */
import { fileURLToPath } from 'node:url';
import { startCluster } from '../../cluster/cluster.ts';
import { killLeftovers } from '../../cluster/leftovers.ts';

const ending = new AbortController();
process.once('SIGTERM', () => ending.abort());
const [, , dir = ''] = process.argv;
await killLeftovers(dir);
await using cluster = await startCluster({ dir, persist: true, namespace: 'default' });
await cluster.images.put('web:1', {
  digest: `sha256:${'1'.repeat(64)}`,
  entry: fileURLToPath(new URL('web-app.cjs', import.meta.url)),
  nodeOptions: [],
  env: {},
  createdAt: '2026-11-20T16:47:00Z',
});
process.stdout.write('ready\n');
await new Promise<void>((resolve) => {
  ending.signal.addEventListener('abort', () => resolve());
});
