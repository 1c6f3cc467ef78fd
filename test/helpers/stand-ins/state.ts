import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How the stand-ins misbehave. */
export interface Behaviour {
  /** Tools that are not on the machine. */
  missing?: readonly string[];
  versions?: Readonly<Record<string, string>>;
  daemon?: 'down' | 'forbidden';
  /** `absent`: this Docker has no such plugin. `refused`: the registry takes nothing. */
  buildx?: 'absent' | 'refused';
  /** `not-for-nodes`: the registry takes the image and gives it to nobody else, as a private one does. */
  push?: 'not-for-nodes';
  /**
   * `port-taken`: as Docker says it, after k3d has begun. `hangs`: until it is ended, leaving a half-made cluster.
   * `mounts-denied`: this Docker gives no folder of the machine to a container.
   */
  create?: 'port-taken' | 'hangs' | 'mounts-denied';
  /** `half-once`: loses half of the images the first time, and still exits with 0. `half`: each time. */
  import?: 'half-once' | 'half';
}

export interface FakeCluster {
  owner: string | null;
  complete: boolean;
  port: number;
  /** Of its server: what k3s is told, and the folders of this machine that it has. */
  k3sArgs: readonly string[];
  mounts: readonly string[];
}

export interface Built {
  target: string;
  entry: string;
  /** As it was asked for; empty: this machine's own. */
  platform: string;
}

/** What the stand-ins remember between calls. */
export interface World {
  clusters: Record<string, FakeCluster>;
  /** Labels of each image in the local Docker. */
  built: Record<string, Built>;
  /** Of buildx. */
  builders: string[];
  /** What is in each cluster's nodes, or in a registry. */
  delivered: Record<string, string[]>;
  imports: number;
}

export const emptyWorld: World = { clusters: {}, built: {}, builders: [], delivered: {}, imports: 0 };

export const dir = process.env['STAND_IN_DIR'] ?? '';
const worldFile = join(dir, 'world.json');

export function behaviour(): Behaviour {
  const file = join(dir, 'behaviour.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Behaviour) : {};
}

export function world(): World {
  if (!existsSync(worldFile)) return structuredClone(emptyWorld);
  return JSON.parse(readFileSync(worldFile, 'utf8')) as World;
}

/** Changes the world; calls come one after the other. */
export function change(edit: (world: World) => void): void {
  const now = world();
  edit(now);
  mkdirSync(dir, { recursive: true });
  writeFileSync(worldFile, JSON.stringify(now, null, 1));
}

export function note(call: readonly string[]): void {
  appendFileSync(join(dir, 'calls.txt'), `${call.join(' ')}\n`);
}

/** Ends as a tool that failed. */
export function fail(message: string, code = 1): never {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}
