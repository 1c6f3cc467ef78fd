import { access, rm } from 'node:fs/promises';
import module from 'node:module';
import { setInterval } from 'node:timers/promises';
import { inspect } from 'node:util';
import { startCluster, type RunningCluster } from '../../cluster/cluster.ts';
import { toTimestamp, systemClock } from '../../lib/clock.ts';
import { labFolder, type LabFolder } from '../lab-folder.ts';
import { shopNamespace } from '../namespaces.ts';
import { identifySelf } from '../process-identity.ts';
import { auditLog } from './audit-log.ts';
import { hasMessage } from './daemon-messages.ts';
import { writeEngineFile, type EngineFile } from './engine-file.ts';

/** Where a Service's port is offered on this machine: the first port that is free. */
const entrancePorts: Record<number, number[]> = { 80: [8080, 8081, 8082, 18080] };

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

/** Rewrites `engine.json` when an address comes or goes, and ends the engine when the file was taken away. */
async function keepFileCurrent(
  folder: LabFolder,
  first: EngineFile,
  cluster: RunningCluster,
  ending: AbortController,
): Promise<void> {
  let file = first;
  for await (const _ of untilAborted(lookEveryMs, ending.signal)) {
    if (!(await exists(folder.engineFile))) {
      ending.abort(new Error('the folder of the lab is gone'));
      return;
    }
    const loadBalancers = [...cluster.loadBalancers()];
    if (JSON.stringify(loadBalancers) === JSON.stringify(file.loadBalancers)) continue;
    file = { ...file, loadBalancers };
    await writeEngineFile(folder.engineFile, file);
  }
}

async function* untilAborted(everyMs: number, signal: AbortSignal): AsyncGenerator<void> {
  try {
    for await (const _ of setInterval(everyMs, undefined, { signal })) yield;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Goes to `logs/engine.log`, which is this process's standard error. */
function log(message: string, error?: unknown): void {
  const why = error === undefined ? '' : inspect(error);
  process.stderr.write(`${toTimestamp(systemClock.now())} ${message} ${why}\n`);
}

/** A mistake of ours in one corner must not end a trainee's incident; the log tells of it. */
function outliveMistakes(): void {
  process.on('uncaughtException', (error) => log('uncaught', error));
  process.on('unhandledRejection', (error) => log('unhandled rejection', error));
}

function endOnSignals(ending: AbortController): void {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => ending.abort(new Error(`ended by ${signal}`)));
  }
}

/** Until the lab is handed over the starting command holds the channel open: without either, nobody owns this engine. */
function endWithoutParent(ending: AbortController): void {
  let handedOver = false;
  process.on('message', (message) => {
    if (hasMessage(message, 'handed-over')) handedOver = true;
  });
  process.on('disconnect', () => {
    if (!handedOver) ending.abort(new Error('the command that started the engine is gone'));
  });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

const [, , workingDir] = process.argv;
if (!workingDir) throw new Error('usage: embedded-daemon.ts FOLDER');
await main(workingDir);
process.exit(0);
