import { join } from 'node:path';
import type { Clock } from '../../lib/clock.ts';
import type { LabFolder } from '../lab-folder.ts';
import type { Report } from '../session/progress.ts';
import { embeddedEngine } from './embedded.ts';
import type { Engine } from './engine.ts';
import type { Target } from './target.ts';

interface Options {
  folder: LabFolder;
  clock: Clock;
  report: Report;
}

/** The engine of a target; code for real clusters is loaded when it is first used. */
export function openEngine(target: Target, options: Options): Engine {
  switch (target.engine) {
    case 'embedded':
      return embeddedEngine(options);
    case 'k3d':
      return loaded(async () => (await import('./k3d.ts')).k3dEngine(target, options));
    case 'kubeconfig':
      return loaded(async () => {
        const { kubeconfigEngine } = await import('./kubeconfig.ts');
        return kubeconfigEngine(target, { ...options, program: join(import.meta.dirname, 'entrance-daemon.ts') });
      });
  }
}

function loaded(load: () => Promise<Engine>): Engine {
  let engine: Promise<Engine> | undefined;
  const get = (): Promise<Engine> => (engine ??= load());
  return {
    up: async (signal) => (await get()).up(signal),
    state: async () => (await get()).state(),
    down: async () => (await get()).down(),
  };
}
