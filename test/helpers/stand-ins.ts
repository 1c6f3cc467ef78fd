import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { emptyWorld, type Behaviour, type World } from './stand-ins/state.ts';

/** Stand-ins for docker, k3d, kind, minikube and kubectl, first on the PATH of whoever gets `env`. */
export interface StandIns extends AsyncDisposable {
  dir: string;
  env: Record<string, string>;
  behave(behaviour: Behaviour): Promise<void>;
  calls(): Promise<string[]>;
  world(): Promise<World>;
  /** A cluster that somebody made by hand. */
  addCluster(name: string): Promise<void>;
}

const program = fileURLToPath(new URL('stand-ins/main.ts', import.meta.url));

export async function createStandIns(extra: Record<string, string> = {}): Promise<StandIns> {
  const dir = await mkdtemp(join(tmpdir(), 'brokenprod-stand-ins-'));
  const bin = join(dir, 'bin');
  await mkdir(bin);
  for (const tool of ['docker', 'k3d', 'kind', 'minikube', 'kubectl']) {
    await writeFile(join(bin, tool), `#!/bin/sh\nexec "${process.execPath}" "${program}" ${tool} "$@"\n`);
    await chmod(join(bin, tool), 0o755);
  }
  const read = (name: string) => readFile(join(dir, name), 'utf8').catch(() => '');
  const world = async (): Promise<World> => {
    const text = await read('world.json');
    return text ? (JSON.parse(text) as World) : structuredClone(emptyWorld);
  };
  return {
    dir,
    env: {
      PATH: `${bin}:${process.env['PATH'] ?? ''}`,
      STAND_IN_DIR: dir,
      NODE_COMPILE_CACHE: join(dir, 'cache'),
      NO_COLOR: '1',
      ...extra,
    },
    behave: (behaviour) => writeFile(join(dir, 'behaviour.json'), JSON.stringify(behaviour)),
    calls: async () => (await read('calls.txt')).split('\n').filter(Boolean),
    world,
    async addCluster(name) {
      const now = await world();
      now.clusters[name] = { owner: null, complete: true, port: 0, k3sArgs: [], mounts: [] };
      await writeFile(join(dir, 'world.json'), JSON.stringify(now));
    },
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  };
}
