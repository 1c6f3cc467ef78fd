import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startCluster, type ClusterOptions, type RunningCluster } from '../../cluster/cluster.ts';

export interface TestCluster extends AsyncDisposable {
  cluster: RunningCluster;
  dir: string;
}

/** An engine of its own in a temporary folder, with the image `web` in two tags. */
export async function startTestCluster(options: Pick<ClusterOptions, 'nodes' | 'addons'> = {}): Promise<TestCluster> {
  const dir = await mkdtemp(join(tmpdir(), 'brokenprod-test-'));
  const cluster = await startCluster({ dir, namespace: 'default', loadBalancerPorts: {}, ...options });
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
  return {
    cluster,
    dir,
    async [Symbol.asyncDispose]() {
      await cluster[Symbol.asyncDispose]();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
