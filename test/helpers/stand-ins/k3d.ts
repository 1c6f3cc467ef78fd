import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { bring } from './bring.ts';
import { behaviour, change, fail, world } from './state.ts';

interface Config {
  metadata: { name: string };
  ports: { port: string }[];
  volumes: { volume: string; nodeFilters: string[] }[];
  options: { k3s: { extraArgs: { arg: string; nodeFilters: string[] }[] }; runtime: { labels: { label: string }[] } };
}

const mountsDenied =
  'FATA[0004] Cluster creation FAILED, all changes have been rolled back! Error response from daemon: mounts denied: The path is not shared from the host and is not known to Docker.';

const portTaken = `\u001B[31mERRO\u001B[0m[0012] Failed Cluster Start: docker failed to start container for node 'k3d-brokenprod-serverlb': Error response from daemon: Bind for 0.0.0.0:8080 failed: port is already allocated
FATA[0014] Cluster creation FAILED, all changes have been rolled back!`;

/** As much of k3d as the scripts use, with its own words when it fails. */
export async function k3d(args: readonly string[]): Promise<void> {
  const [noun, verb, name = ''] = args;
  if (noun === 'version') return print('k3d version v5.8.3\nk3s version v1.31.5-k3s1 (default)');
  if (noun === 'kubeconfig') return print(kubeconfig(name));
  if (noun === 'image') return importImages(args.slice(2));
  if (verb === 'create') return create(args[args.indexOf('--config') + 1] ?? '');
  if (verb === 'delete')
    return change(({ clusters, delivered }) => {
      delete clusters[name];
      delete delivered[name];
    });
  if (verb === 'start')
    return change(({ clusters }) => {
      const cluster = clusters[name];
      if (cluster?.owner) cluster.complete = true;
    });
  fail(`FATA[0000] unknown command ${args.join(' ')}`);
}

async function create(file: string): Promise<void> {
  const { metadata, ports, volumes, options } = parse(readFileSync(file, 'utf8')) as Config;
  const { name } = metadata;
  if (world().clusters[name])
    fail(`FATA[0000] Failed to create cluster '${name}' because a cluster with that name already exists`);
  const owner = options.runtime.labels[0]?.label.replace('brokenprod.folder=', '') ?? null;
  const port = Number(process.env['STAND_IN_PORT'] ?? ports[0]?.port.split(':')[0]);
  const server = (filters: string[]): boolean => filters.includes('server:*');
  const k3sArgs = options.k3s.extraArgs.filter(({ nodeFilters }) => server(nodeFilters)).map(({ arg }) => arg);
  const mounts = volumes.filter(({ nodeFilters }) => server(nodeFilters)).map(({ volume }) => volume);
  const made = { owner, port, k3sArgs, mounts };
  change(({ clusters }) => (clusters[name] = { ...made, complete: false }));
  const { create: how } = behaviour();
  if (how === 'mounts-denied' && mounts.length > 0) fail(mountsDenied);
  if (how === 'port-taken') fail(portTaken);
  if (how === 'hangs') await new Promise((resolve) => setTimeout(resolve, 60_000));
  change(({ clusters }) => (clusters[name] = { ...made, complete: true }));
}

async function importImages(args: readonly string[]): Promise<void> {
  const cluster = args[args.indexOf('--cluster') + 1] ?? '';
  const refs = args.slice(0, args.indexOf('--cluster'));
  const { imports } = world();
  change((now) => (now.imports = imports + 1));
  const isHalf = behaviour().import === 'half' || (behaviour().import === 'half-once' && imports === 0);
  await bring(cluster, isHalf ? refs.slice(0, Math.floor(refs.length / 2)) : refs);
  // It says so, and exits with 0.
  if (isHalf)
    process.stderr.write('ERRO[0004] failed to import images in node: Exec process failed with exit code 1\n');
}

function kubeconfig(name: string): string {
  if (!world().clusters[name]) fail(`FATA[0000] No cluster found with name ${name}`);
  const real = process.env['STAND_IN_KUBECONFIG'];
  if (real) return readFileSync(real, 'utf8');
  return 'apiVersion: v1\nkind: Config\ncurrent-context: k3d\ncontexts: [{ name: k3d, context: { cluster: k3d, user: k3d } }]\nclusters: []\nusers: []';
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
