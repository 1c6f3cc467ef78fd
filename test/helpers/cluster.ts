import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startCluster, type ClusterOptions, type RunningCluster } from '../../cluster/cluster.ts';

export interface TestCluster extends AsyncDisposable {
  cluster: RunningCluster;
  dir: string;
}

export type TestClusterOptions = Pick<ClusterOptions, 'nodes' | 'addons'>;

/** An engine of its own in a temporary folder, with the image `web` in two tags. Tests call `useTestCluster`. */
export async function startTestCluster(options: TestClusterOptions = {}): Promise<TestCluster> {
  await using stack = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), 'brokenprod-test-'));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  const cluster = stack.use(await startCluster({ dir, namespace: 'default', loadBalancerPorts: {}, ...options }));
  const entry = fileURLToPath(new URL('web-app.cjs', import.meta.url));
  for (const tag of ['1', '2']) {
    const digest = `sha256:${tag.repeat(64)}`;
    await cluster.images.put(`web:${tag}`, {
      digest,
      entry,
      nodeOptions: [],
      env: {},
      createdAt: '2026-11-20T16:47:00Z',
    });
  }
  const owned = stack.move();
  return { cluster, dir, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
