import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddedEngine } from '../../lab/engines/embedded.ts';
import { readEngineFile } from '../../lab/engines/engine-file.ts';
import type { StartedEngine } from '../../lab/engines/engine.ts';
import { labFolder, type LabFolder } from '../../lab/lab-folder.ts';
import { systemClock } from '../../lib/clock.ts';
import { connectKube, type Kube } from '../../lib/kube/kube.ts';

/** An engine as `start` launches it, in a process of its own, with nothing deployed. It ends with the scope. */
export interface BenchEngine extends AsyncDisposable {
  engine: StartedEngine;
  folder: LabFolder;
  kube: Kube;
  pid: number;
  /** From the spawn until the first answer to a request that was made with its kubeconfig. */
  readyMs: number;
}

export async function openEngine(signal: AbortSignal): Promise<BenchEngine> {
  await using undo = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), 'brokenprod-bench-'));
  undo.defer(() => rm(dir, { recursive: true, force: true }));
  const folder = labFolder(dir);
  const embedded = embeddedEngine({ folder, clock: systemClock });
  undo.defer(async () => void (await embedded.down()));
  const begunAt = performance.now();
  const engine = await embedded.up(signal);
  const kube = undo.use(await connectKube({ kubeconfigPath: engine.kubeconfigPath }));
  await kube.get('/api/v1/namespaces/default');
  const readyMs = performance.now() - begunAt;
  const { pid = 0 } = (await readEngineFile(folder.engineFile)) ?? {};
  const owned = undo.move();
  return { engine, folder, kube, pid, readyMs, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
