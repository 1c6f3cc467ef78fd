import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { applyManifests, removeWorkloads, waitAvailable } from '../../lab/session/deploy.ts';
import { systemClock } from '../../lib/clock.ts';
import type { Manifest } from '../../lib/kube/apply.ts';
import { openEngine, type BenchEngine } from './bench-engine.ts';
import { typicalMs, type Bench, type Figure } from './figure.ts';
import { measureLists } from './lists.ts';
import { peers } from './peers.ts';
import { measureWatches } from './watches.ts';

const applyRounds = 3;

/** The engine as an API server and as a node, with nothing of CloudMart in it. */
export const engineBench: Bench = {
  id: 'engine',
  title: 'Embedded engine',
  how: 'a process of its own, asked over HTTPS by the bench on the same cores',
  async run({ signal, report }) {
    await using bench = await openEngine(signal);
    report(await measureApply(bench, signal));
    await measureWatches(bench.kube, { signal, report });
    await measureLists(bench.kube, { pid: bench.pid, signal, report });
  },
};

async function measureApply({ engine, folder, kube }: BenchEngine, signal: AbortSignal): Promise<Figure> {
  // Beside an image its compiled code is kept: not in a folder of the sources.
  const entry = join(folder.dir, 'web-app.cjs');
  await copyFile(fileURLToPath(new URL('../helpers/web-app.cjs', import.meta.url)), entry);
  const digest = `sha256:${'1'.repeat(64)}`;
  await engine.images.put('web:1', { digest, entry, nodeOptions: [], env: {}, createdAt: '2026-11-20T16:47:00Z' });
  const deployments = Array.from({ length: 6 }, (_, index) => deployment(`web-${index + 1}`));
  const waiting = { clock: systemClock, signal };
  const samples: number[] = [];
  for (let round = 0; round < applyRounds; round++) {
    const begunAt = performance.now();
    await applyManifests(kube, deployments);
    await waitAvailable(kube, ['default'], waiting);
    samples.push(performance.now() - begunAt);
    await removeWorkloads(kube, 'default', waiting);
    await pause(500, undefined, { signal });
  }
  return typicalMs(samples, {
    name: 'apply six Deployments → all Available',
    how: 'small Node servers with a readiness probe; image present',
    peer: peers.apply,
  });
}

function deployment(name: string): Manifest {
  const container = {
    name: 'web',
    image: 'web:1',
    ports: [{ containerPort: 3000 }],
    readinessProbe: { httpGet: { path: '/', port: 3000 }, periodSeconds: 1 },
  };
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [container] } } },
  };
}
