import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startCluster } from '../../cluster/cluster.ts';
import { connectKube } from '../../lib/kube/kube.ts';
import type { Figure } from './figure.ts';

const sizes = [100, 500, 1_000] as const;
/** A node holds 110 pods. */
const nodes = Array.from({ length: 10 }, (_, index) => ({ name: `node-${index + 1}` }));
const within = 60_000;
const pollMs = 20;

/** How long a Deployment of pods that do nothing takes to be there: the engine alone, without any process. */
export async function measurePausePods(signal: AbortSignal): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const size of sizes) figures.push(await measure(size, signal));
  return figures;
}

async function measure(size: number, signal: AbortSignal): Promise<Figure> {
  const dir = await mkdtemp(join(tmpdir(), 'brokenprod-bench-pods-'));
  try {
    await using cluster = await startCluster({ dir, nodes, signal });
    await using kube = await connectKube({ kubeconfigPath: cluster.kubeconfigPath });
    const path = '/apis/apps/v1/namespaces/default/deployments';
    const cpuBefore = process.cpuUsage();
    const begunAt = performance.now();
    await kube.create(path, deploymentOf(size), { signal });
    while ((await readyOf(kube, `${path}/noop`)) < size) {
      if (performance.now() - begunAt > within)
        throw new Error(`${size} pods were not ready within ${within / 1000} s`);
      await pause(pollMs, undefined, { signal });
    }
    const ms = performance.now() - begunAt;
    const { user, system } = process.cpuUsage(cpuBefore);
    const each = (total: number) => (total / size).toFixed(1);
    return {
      name: `a Deployment of ${size.toLocaleString('en-US')} pods that do nothing → all Ready`,
      value: ms,
      unit: 'ms',
      n: 1,
      // Flat when it stays the same as the number grows.
      beside: `${each(ms)} ms a pod, ${each((user + system) / 1000)} ms of processor time`,
      how: `${nodes.length} nodes; engine in the bench's own process; image of the pause container`,
    };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function readyOf(kube: Awaited<ReturnType<typeof connectKube>>, path: string): Promise<number> {
  const { status } = await kube.get<{ status?: { readyReplicas?: number } }>(path);
  return status?.readyReplicas ?? 0;
}

function deploymentOf(replicas: number): object {
  const labels = { app: 'noop' };
  const container = { name: 'noop', image: 'registry.k8s.io/pause:3.10' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'noop', namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container] } },
    },
  };
}
