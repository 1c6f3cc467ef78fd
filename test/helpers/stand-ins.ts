import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Behaviour, World } from './stand-ins/state.ts';

/** Stand-ins for docker, k3d and kubectl, first on the PATH of whoever gets `env`. */
export interface StandIns extends AsyncDisposable {
  dir: string;
  env: Record<string, string>;
  behave(behaviour: Behaviour): Promise<void>;
  calls(): Promise<string[]>;
  world(): Promise<World>;
}

const program = fileURLToPath(new URL('stand-ins/main.ts', import.meta.url));

export async function createStandIns(extra: Record<string, string> = {}): Promise<StandIns> {
  const dir = await mkdtemp(join(tmpdir(), 'brokenprod-stand-ins-'));
  const bin = join(dir, 'bin');
  await mkdir(bin);
  for (const tool of ['docker', 'k3d', 'kubectl']) {
    await writeFile(join(bin, tool), `#!/bin/sh\nexec "${process.execPath}" "${program}" ${tool} "$@"\n`);
    await chmod(join(bin, tool), 0o755);
  }
  const read = (name: string) => readFile(join(dir, name), 'utf8').catch(() => '');
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
    world: async () => {
      const text = await read('world.json');
      return text ? (JSON.parse(text) as World) : { clusters: {}, built: {}, delivered: {}, imports: 0 };
    },
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  };
}
