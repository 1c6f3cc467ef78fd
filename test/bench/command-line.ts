import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { project } from '../../lab/project.ts';

/** How a command ended, and when it said what. */
export interface Ran {
  ms: number;
  /** Lines of standard error, which tell of finished steps. */
  steps: { text: string; atMs: number }[];
}

/** An empty folder in which the real command line is run; `stop` and removal at the end of the scope. */
export interface BenchFolder extends AsyncDisposable {
  dir: string;
  /** @throws Error with what the command printed when it fails */
  cli(args: readonly string[]): Promise<Ran>;
}

const commandMs = 60_000;

/** @param root where the product lies */
export async function openFolder(root: string, signal: AbortSignal): Promise<BenchFolder> {
  const dir = await mkdtemp(join(tmpdir(), 'brokenprod-bench-'));
  const launcher = join(root, 'lab', 'cli', 'brokenprod.mjs');
  return {
    dir,
    cli: (args) => runCommand([launcher, ...args], dir, signal),
    async [Symbol.asyncDispose]() {
      await runCommand([launcher, 'stop', '--purge'], dir).catch(() => {});
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function runCommand(args: readonly string[], cwd: string, signal?: AbortSignal): Promise<Ran> {
  signal?.throwIfAborted();
  const begunAt = performance.now();
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, NO_COLOR: '1', CI: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: commandMs,
    killSignal: 'SIGINT',
    ...(signal && { signal }),
  });
  const steps: Ran['steps'] = [];
  createInterface(child.stderr).on('line', (text) => steps.push({ text, atMs: performance.now() - begunAt }));
  // An abort is told as an error; the command still takes back what it began, and is waited for.
  child.on('error', () => {});
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  signal?.throwIfAborted();
  if (code !== 0) throw new Error(`${args.slice(1).join(' ')}: ${steps.map(({ text }) => text).join('\n')}`);
  return { ms: performance.now() - begunAt, steps };
}

/** The product as it is right after an installation: no image built, no compiled code kept. */
export async function copyWithoutCaches(): Promise<AsyncDisposable & { root: string }> {
  const root = await mkdtemp(join(tmpdir(), 'brokenprod-bench-'));
  const parts = [
    'cluster',
    'grader',
    'k8s',
    'lab',
    'lib',
    'scenarios',
    'services',
    'package.json',
    'package-lock.json',
  ];
  for (const part of parts) await cp(join(project.root, part), join(root, part), { recursive: true });
  const installed = join(project.root, 'node_modules');
  await mkdir(join(root, 'node_modules'));
  for (const name of await readdir(installed)) {
    if (name !== '.cache') await symlink(join(installed, name), join(root, 'node_modules', name));
  }
  return { root, [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }) };
}
