import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { bring, forget } from './bring.ts';
import { behaviour, change, dir, fail, world } from './state.ts';

/** As much of Docker as the scripts use. */
export async function docker(args: readonly string[]): Promise<void> {
  const [verb, noun] = args;
  if (verb === '--version') return print('Docker version 28.2.2, build e6534b4');
  const { daemon } = behaviour();
  if (daemon === 'down') {
    fail('Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?');
  }
  if (daemon === 'forbidden') {
    fail('permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock');
  }
  if (verb === 'version') return print('28.2.2');
  if (verb === 'ps') return listContainers(valueOf(args, '--filter'), args);
  if (verb === 'port') return print(`0.0.0.0:${clusterOf(noun ?? '').port}`);
  if (verb === 'build') return build(args);
  if (verb === 'buildx') return buildx(noun ?? '', args);
  if (verb === 'push') return bring(`registry`, [noun ?? ''], { forNodes: behaviour().push !== 'not-for-nodes' });
  if (verb === 'exec') return onNode(args.slice(1));
  if (verb === 'image') return images(noun ?? '', args.slice(2));
  fail(`docker: '${verb}' is not a docker command.`);
}

function listContainers(filter: string, args: readonly string[]): void {
  const [label, name = ''] = filter.replace('label=', '').split('=');
  if (label === 'k3d.cluster') listNodes(name, args);
  else if (world().clusters[name]) print(`${name}-control-plane\tcontrol-plane`);
}

function listNodes(name: string, args: readonly string[]): void {
  const cluster = world().clusters[name];
  if (!cluster) return;
  const state = cluster.complete ? 'running' : 'created';
  if (args.includes('--all')) {
    for (const role of cluster.complete ? ['server', 'loadbalancer'] : ['server']) {
      print([state, role, cluster.owner ?? ''].join('\t'));
    }
  } else if (cluster.complete) {
    print(`k3d-${name}-server-0\tserver`);
    print(`k3d-${name}-serverlb\tloadbalancer`);
  }
}

function clusterOf(container: string): { port: number } {
  const name = container.replace(/^k3d-/, '').replace(/-serverlb$/, '');
  return world().clusters[name] ?? fail(`Error: No such container: ${container}`);
}

function build(args: readonly string[]): void {
  const context = args.at(-1) ?? '';
  const refs = args.flatMap((value, index) => (args[index - 1] === '--tag' ? [value] : []));
  const [bundle = ''] = readdirSync(context);
  const home = join(dir, 'built', `${Object.keys(world().built).length}-${bundle}`);
  mkdirSync(home, { recursive: true });
  cpSync(join(context, bundle), join(home, 'main.cjs'));
  const target = valueOf(args, '--label').replace('brokenprod.target=', '');
  const platform = args.includes('--platform') ? valueOf(args, '--platform') : '';
  change(({ built }) => {
    for (const ref of refs) built[ref] = { target, entry: join(home, 'main.cjs'), platform };
  });
  print('Successfully built');
}

/** A plugin, and one builder that is no more than its name. */
async function buildx(verb: string, args: readonly string[]): Promise<void> {
  if (behaviour().buildx === 'absent') fail("docker: 'buildx' is not a docker command.\nSee 'docker --help'");
  if (verb === 'version') return print('github.com/docker/buildx v0.24.0 d0e5e86c8b88ae4865040bc96917c338f4dd673c');
  const name =
    verb === 'create' ? valueOf(args, '--name') : verb === 'build' ? valueOf(args, '--builder') : args.at(-1);
  if (verb === 'create') return change(({ builders }) => builders.push(name ?? ''));
  if (!world().builders.includes(name ?? '')) fail(`ERROR: no builder "${name}" found`);
  if (verb === 'rm') return change((now) => (now.builders = now.builders.filter((one) => one !== name)));
  if (verb !== 'build') return;
  if (behaviour().buildx === 'refused')
    fail('ERROR: failed to solve: failed to push: unexpected status: 403 Forbidden');
  build(args);
  const refs = args.flatMap((value, index) => (args[index - 1] === '--tag' ? [value] : []));
  if (args.includes('--push')) await bring('registry', refs);
}

function onNode([node = '', , verb, ...rest]: readonly string[]): void {
  const cluster = node.replace(/^k3d-/, '').replace(/-server-0$|-control-plane$/, '');
  if (verb === 'images') {
    const repoTags = (world().delivered[cluster] ?? []).map((ref) => `docker.io/library/${ref}`);
    return print(JSON.stringify({ images: [{ repoTags }] }));
  }
  const gone = new Set(rest.map((ref) => ref.replace('docker.io/library/', '')));
  for (const ref of gone) forget(ref);
  change(({ delivered }) => {
    delivered[cluster] = (delivered[cluster] ?? []).filter((ref) => !gone.has(ref));
  });
}

function images(verb: string, args: readonly string[]): void {
  const target = valueOf(args, '--filter').replace('label=brokenprod.target=', '');
  const own = Object.entries(world().built).filter(([, image]) => image.target === target);
  if (verb === 'ls') for (const [ref] of own) print(ref);
  if (verb === 'rm') change(({ built }) => args.forEach((ref) => delete built[ref]));
}

function valueOf(args: readonly string[], flag: string): string {
  return args[args.indexOf(flag) + 1] ?? '';
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
