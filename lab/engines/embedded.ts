import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../lib/clock.ts';
import { explainSystemError, LabError } from '../errors.ts';
import type { LabFolder } from '../lab-folder.ts';
import { project } from '../project.ts';
import { endProcess, isAlive } from '../process-identity.ts';
import { hasMessage } from './daemon-messages.ts';
import { embeddedImages } from './embedded-images.ts';
import type { Engine, EngineEnd, EngineState, RunningEngine, StartedEngine } from './engine.ts';
import { readEngineFile, type EngineFile } from './engine-file.ts';

const compileCacheDir = join(project.root, 'node_modules', '.cache', 'brokenprod', 'compile');

const readyWithinMs = 20_000;
/** Together with the second that reading and waiting take, `stop` stays within three seconds. */
const endWithinMs = 2_200;

interface Options {
  folder: LabFolder;
  clock: Clock;
  /** The engine's program; tests put another in its place. */
  daemon?: string;
  /** Ends what a crashed engine left; default: the cluster's own. */
  killLeftovers?: (dir: string) => Promise<number>;
}

/** The engine that needs nothing but Node: a cluster in one detached process. */
export function embeddedEngine({ folder, clock, daemon, killLeftovers = clusterLeftovers }: Options): Engine {
  return {
    up: (signal) => up(folder, daemon ?? join(import.meta.dirname, 'embedded-daemon.ts'), signal),
    state: () => state(folder),
    async down(): Promise<EngineEnd> {
      const file = await readEngineFile(folder.engineFile).catch(() => undefined);
      const engine = file ? await endProcess(file, clock, endWithinMs) : 'gone';
      const leftovers = existsSync(folder.dir) ? await killLeftovers(folder.dir) : 0;
      await rm(folder.engineFile, { force: true });
      return { engine, leftovers };
    },
  };
}

async function state(folder: LabFolder): Promise<EngineState> {
  const file = await readEngineFile(folder.engineFile);
  if (!file) return { kind: 'none' };
  return (await isAlive(file)) ? { kind: 'running', engine: running(folder, file) } : { kind: 'lost' };
}

async function up(folder: LabFolder, daemon: string, signal: AbortSignal): Promise<StartedEngine> {
  signal.throwIfAborted();
  const child = await launch(folder, daemon);
  try {
    await ready(child, folder, signal);
    const file = await readEngineFile(folder.engineFile);
    if (!file) throw new LabError('ENGINE_FAILED', { why: 'it ended at once', log: folder.engineLog });
    return { ...running(folder, file), handOver: () => handOver(child) };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

async function launch(folder: LabFolder, daemon: string): Promise<ChildProcess> {
  try {
    await mkdir(folder.logs, { recursive: true });
    await using log = await open(folder.engineLog, 'a');
    return spawn(process.execPath, [daemon, folder.workingDir], {
      detached: true,
      stdio: ['ignore', log.fd, log.fd, 'ipc'],
      windowsHide: true,
      // Half of the boot would else go into reading TypeScript.
      env: { ...process.env, NODE_COMPILE_CACHE: compileCacheDir },
    });
  } catch (error) {
    throw explainSystemError(error, folder.engineLog);
  }
}

async function ready(child: ChildProcess, folder: LabFolder, signal: AbortSignal): Promise<void> {
  const settled = new AbortController();
  const bound = AbortSignal.any([settled.signal, signal, AbortSignal.timeout(readyWithinMs)]);
  try {
    await Promise.race([
      readyMessage(child, bound),
      once(child, 'exit', { signal: bound }).then(async ([code, by]) => {
        const why = (await lastError(folder.engineLog)) ?? `it ended with ${by ?? `exit code ${code}`}`;
        throw new LabError('ENGINE_FAILED', { why, log: folder.engineLog });
      }),
    ]);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof LabError) throw error;
    if (!bound.aborted) throw new LabError('ENGINE_FAILED', { why: String(error), log: folder.engineLog });
    throw new LabError('ENGINE_SLOW', { seconds: readyWithinMs / 1000, log: folder.engineLog }, { cause: error });
  } finally {
    settled.abort();
  }
}

async function readyMessage(child: ChildProcess, signal: AbortSignal): Promise<void> {
  for (;;) {
    const [message] = await once(child, 'message', { signal });
    if (hasMessage(message, 'ready')) return;
  }
}

async function handOver(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve, reject) =>
    child.send({ kind: 'handed-over' }, (error) => (error ? reject(error) : resolve())),
  );
  child.disconnect();
  child.unref();
}

function running(folder: LabFolder, file: EngineFile): RunningEngine {
  return {
    name: 'embedded',
    version: file.version,
    kubeconfigPath: file.kubeconfig,
    startedAt: file.startedAt,
    loadBalancers: async () => (await readEngineFile(folder.engineFile))?.loadBalancers ?? [],
    images: embeddedImages(folder.images),
  };
}

/** The line of the engine's log that names the error. */
async function lastError(log: string): Promise<string | undefined> {
  const lines = (await readFile(log, 'utf8').catch(() => '')).trimEnd().split('\n').slice(-40);
  return lines.findLast((line) => /^\s*(\w*Error|Error)\b.*:/.test(line))?.trim();
}

async function clusterLeftovers(dir: string): Promise<number> {
  const { killLeftovers } = await import('../../cluster/cluster.ts');
  return killLeftovers(dir);
}
