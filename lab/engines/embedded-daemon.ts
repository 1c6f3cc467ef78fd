import { rm } from 'node:fs/promises';
import module from 'node:module';
import { startCluster, type RunningCluster } from '../../cluster/cluster.ts';
import { toTimestamp, systemClock } from '../../lib/clock.ts';
import { labFolder, type LabFolder } from '../lab-folder.ts';
import { shopNamespace } from '../namespaces.ts';
import { identifySelf } from '../process-identity.ts';
import { auditLog } from './audit-log.ts';
import { endOnSignals, endWithoutParent, log, outliveMistakes, whileFileExists } from './daemon-life.ts';
import { writeEngineFile, type EngineFile } from './engine-file.ts';
import { localPorts } from './local-ports.ts';

/** Where a Service's port is offered on this machine. */
const entrancePorts: Record<number, readonly number[]> = { 80: localPorts };

/** How often the engine looks whether its addresses changed and its folder still exists. */
const lookEveryMs = 100;

/**
 * The process behind the embedded engine. It lives until it is told to end, until its folder vanishes, or until the
 * command that started it dies before handing over.
 */
async function main(workingDir: string): Promise<void> {
  const folder = labFolder(workingDir);
  const ending = new AbortController();
  endOnSignals(ending);
  endWithoutParent(ending);

  await using cluster = await startCluster({
    dir: folder.dir,
    namespace: shopNamespace,
    loadBalancerPorts: entrancePorts,
    audit: auditLog(folder.auditLog),
    log,
    signal: ending.signal,
  });
  const file: EngineFile = {
    ...(await identifySelf()),
    version: cluster.version,
    url: cluster.url,
    kubeconfig: cluster.kubeconfigPath,
    startedAt: toTimestamp(systemClock.now()),
    loadBalancers: [...cluster.loadBalancers()],
  };
  await writeEngineFile(folder.engineFile, file);
  process.send?.({ kind: 'ready' });
  outliveMistakes();
  module.flushCompileCache();
  await keepFileCurrent(folder, file, cluster, ending);
  await rm(folder.engineFile, { force: true });
}

/** Rewrites `engine.json` when an address comes or goes. */
async function keepFileCurrent(
  folder: LabFolder,
  first: EngineFile,
  cluster: RunningCluster,
  ending: AbortController,
): Promise<void> {
  let file = first;
  await whileFileExists(folder.engineFile, lookEveryMs, ending, async () => {
    const loadBalancers = [...cluster.loadBalancers()];
    if (JSON.stringify(loadBalancers) === JSON.stringify(file.loadBalancers)) return;
    file = { ...file, loadBalancers };
    await writeEngineFile(folder.engineFile, file);
  });
}

const [, , workingDir] = process.argv;
if (!workingDir) throw new Error('usage: embedded-daemon.ts FOLDER');
await main(workingDir);
process.exit(0);
