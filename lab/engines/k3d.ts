import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { toTimestamp, type Clock } from '../../lib/clock.ts';
import { connectKube } from '../../lib/kube/kube.ts';
import { readJson, writeJson, type LabFolder } from '../lab-folder.ts';
import { shopNamespace } from '../namespaces.ts';
import type { Report } from '../session/progress.ts';
import { containerImages } from './container-images.ts';
import type { Engine, EngineEnd, RunningEngine } from './engine.ts';
import { runScript } from './run-script.ts';
import { setNamespace } from './seat-kubeconfig.ts';
import type { Target } from './target.ts';

/** What is known of a cluster from the moment on at which it may exist. */
const recordSchema = z.object({
  entrance: z.string(),
  version: z.string(),
  startedAt: z.string(),
  /** False while it is being made. */
  complete: z.boolean(),
});
type Record = z.infer<typeof recordSchema>;

interface Options {
  folder: LabFolder;
  clock: Clock;
  report: Report;
}

/** A k3d cluster that belongs to the lab, made and removed by `scripts/`. */
export function k3dEngine({ cluster }: Extract<Target, { engine: 'k3d' }>, { folder, clock, report }: Options): Engine {
  const file = join(folder.dir, 'k3d.json');
  const tell = (text: string): void => report({ kind: 'note', text });
  const belongs = ['--owner', folder.workingDir, '--name', cluster];
  const running = (record: Record, signal?: AbortSignal): RunningEngine => ({
    name: 'k3d',
    version: record.version,
    kubeconfigPath: folder.kubeconfig,
    startedAt: record.startedAt,
    patience: 4,
    foreign: [],
    loadBalancers: async () => [
      { service: `${shopNamespace}/gateway`, port: Number(new URL(record.entrance).port), url: record.entrance },
    ],
    images: containerImages({ folder, target: `k3d:${cluster}`, prefix: '', tell, ...(signal && { signal }) }),
  });
  return {
    async up(signal) {
      const startedAt = toTimestamp(clock.now());
      // Written first: whatever happens next, `stop` knows that there may be something to remove.
      await writeJson(file, { entrance: '', version: '', startedAt, complete: false } satisfies Record);
      const files = ['--kubeconfig', folder.kubeconfig, '--audit', folder.kubeAudit];
      const printed = await runScript('k3d-up.ts', [...belongs, ...files], { tell, signal });
      const { entrance } = z.object({ entrance: z.string() }).parse(JSON.parse(printed));
      await setNamespace(folder.kubeconfig, shopNamespace);
      const version = await serverVersion(folder.kubeconfig, 10_000);
      const record: Record = { entrance, version, startedAt, complete: true };
      await writeJson(file, record);
      return { ...running(record, signal), handOver: () => Promise.resolve() };
    },
    async state() {
      const record = await readJson(file, recordSchema);
      if (!record) return { kind: 'none' };
      const answers = record.complete && (await serverVersion(folder.kubeconfig, 3_000).catch(() => undefined));
      return answers ? { kind: 'running', engine: running(record) } : { kind: 'lost' };
    },
    async down(): Promise<EngineEnd> {
      const record = await readJson(file, recordSchema).catch(() => undefined);
      if (!record) return { engine: 'gone', leftovers: 0 };
      try {
        const printed = await runScript('k3d-down.ts', belongs, { tell });
        await rm(file, { force: true });
        const { deleted } = z.object({ deleted: z.boolean() }).parse(JSON.parse(printed));
        return { engine: deleted ? 'ended' : 'gone', leftovers: 0 };
      } catch (error) {
        const remains = `The cluster may still be there (${(error as Error).message}). Remove it: k3d cluster delete ${cluster}`;
        return { engine: 'gone', leftovers: 0, remains };
      }
    },
  };
}

async function serverVersion(kubeconfigPath: string, timeoutMs: number): Promise<string> {
  await using kube = await connectKube({ kubeconfigPath });
  const { gitVersion } = await kube.get<{ gitVersion: string }>('/version', { timeoutMs });
  return gitVersion;
}
