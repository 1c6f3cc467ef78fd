/**
 * Runs the tests of the container image wherever that can be done, and says so in plain words where it can't:
 * node test/docker/run.ts. A Docker daemon that answers is used; else, as root, Debian's `dockerd` is started for as long
 * as the tests run. Where the base image is not there, one is made of this machine's Node: nothing is fetched.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually, run } from '../helpers/run.ts';

const usualBase = 'node:26.10.0-bookworm-slim';
const ownBase = 'brokenprod-test-base:latest';
const config = fileURLToPath(new URL('vitest.config.ts', import.meta.url));

const dir = await mkdtemp(join(tmpdir(), 'brokenprod-dockerd-'));
let daemon: ChildProcess | undefined;
try {
  const reason = (await answers()) ? undefined : (whyNone() ?? (await startDaemon()));
  if (reason) {
    process.stdout.write(`NOT RUN: the tests of the container image. ${reason}\n`);
  } else {
    const env = { ...process.env, NODE_IMAGE: await baseImage() };
    process.exitCode = spawnSync('vitest', ['run', '--config', config], { stdio: 'inherit', env }).status ?? 1;
  }
} finally {
  if (daemon && daemon.exitCode === null) {
    daemon.kill('SIGTERM');
    await once(daemon, 'exit');
  }
  for (const path of await mountsIn(dir)) await run('umount', [path]);
  await rm(dir, { recursive: true, force: true });
}

/** A daemon that has ended leaves some behind. */
async function mountsIn(folder: string): Promise<string[]> {
  const table = await readFile('/proc/mounts', 'utf8').catch(() => '');
  const paths = table.split('\n').map((line) => line.split(' ')[1] ?? '');
  return paths.filter((path) => path.startsWith(`${folder}/`)).toReversed();
}

async function answers(): Promise<boolean> {
  return (await run('docker', ['version', '--format', '{{.Server.Version}}']).catch(() => ({ code: 1 }))).code === 0;
}

function whyNone(): string | undefined {
  if (process.platform !== 'linux') return 'No Docker daemon answers here.';
  if (process.getuid?.() !== 0) return 'No Docker daemon answers here, and only root may start one.';
  if (spawnSync('dockerd', ['--version']).status !== 0) {
    return 'No Docker daemon answers here, and there is no dockerd to start (apt-get install docker.io).';
  }
  return undefined;
}

/**
 * Apart from any other: sockets, images and state lie in our folder, and no firewall rule is made.
 * @returns why it could not be started
 */
async function startDaemon(): Promise<string | undefined> {
  const socket = `unix://${join(dir, 'docker.sock')}`;
  const log = openSync(join(dir, 'log'), 'w');
  const paths = ['--data-root', join(dir, 'data'), '--exec-root', join(dir, 'exec'), '--pidfile', join(dir, 'pid')];
  const network = ['--iptables=false', '--ip6tables=false', '--bridge=none', '--storage-driver=vfs'];
  const child = spawn('dockerd', ['--host', socket, ...paths, ...network], { stdio: ['ignore', log, log] });
  daemon = child;
  process.env['DOCKER_HOST'] = socket;
  await eventually('the Docker daemon answers', answers, (is) => is || child.exitCode !== null);
  if (child.exitCode === null) return undefined;
  const said = (await readFile(join(dir, 'log'), 'utf8')).trim().split('\n').at(-1) ?? '';
  return `No Docker daemon answers here, and dockerd does not start: ${said}`;
}

/** The base image of the recipe, or one of this machine's Node with the few programs that the tests call. */
async function baseImage(): Promise<string> {
  if ((await run('docker', ['image', 'inspect', usualBase])).code === 0) return usualBase;
  const root = join(dir, 'root');
  const programs = {
    '/usr/local/bin/node': process.execPath,
    '/bin/sh': '/bin/sh',
    '/bin/id': '/usr/bin/id',
    '/bin/touch': '/usr/bin/touch',
  };
  for (const [path, from] of Object.entries(programs)) {
    await place(from, join(root, path));
    const { stdout } = await run('ldd', [from]);
    for (const [library] of stdout.matchAll(/\/\S+(?= \(0x)/g)) await place(library, join(root, library));
  }
  await mkdir(join(root, 'tmp'), { recursive: true });
  await symlink('/usr/local/bin/node', join(root, 'node'));
  const archive = join(dir, 'base.tar');
  await demand('tar', ['-C', root, '-cf', archive, '.']);
  const path = 'ENV PATH=/usr/local/bin:/bin';
  await demand('docker', ['import', '--change', path, archive, ownBase]);
  return ownBase;
}

async function place(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await cp(from, to, { dereference: true });
}

async function demand(command: string, args: readonly string[]): Promise<void> {
  const { code, stderr } = await run(command, args);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}
