import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { killLeftovers as endLeftovers } from '../../cluster/leftovers.ts';
import type { Clock } from '../../lib/clock.ts';
import type { LabFolder } from '../lab-folder.ts';
import { endProcess, isAlive } from '../process-identity.ts';
import { embeddedImages } from './embedded-images.ts';
import type { Engine, EngineEnd, EngineState, RunningEngine } from './engine.ts';
import { readEngineFile, type EngineFile } from './engine-file.ts';
import { launchEngine } from './engine-process.ts';

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
export function embeddedEngine({ folder, clock, daemon, killLeftovers = endLeftovers }: Options): Engine {
  const program = daemon ?? join(import.meta.dirname, 'embedded-daemon.ts');
  return {
    async up(signal) {
      const { file, handOver } = await launchEngine(folder, program, signal);
      return { ...running(folder, file), handOver };
    },
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

function running(folder: LabFolder, file: EngineFile): RunningEngine {
  return {
    name: 'embedded',
    version: file.version,
    kubeconfigPath: file.kubeconfig,
    startedAt: file.startedAt,
    patience: 1,
    foreign: [],
    loadBalancers: async () => (await readEngineFile(folder.engineFile))?.loadBalancers ?? [],
    images: embeddedImages(folder.images),
  };
}
