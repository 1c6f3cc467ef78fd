import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { parse, stringify } from 'yaml';
import { auditConfig } from './k3d-audit.ts';
import { attempt, run } from './script.ts';

/** Says on every node whose cluster it is: the folder of the lab that made it. */
const ownerLabel = 'brokenprod.folder';
const config = new URL('../k3d.yaml', import.meta.url);

/** What there is of a cluster, whole or not. */
export interface K3dCluster {
  /** The lab's folder; undefined when somebody else made it. */
  owner: string | undefined;
  runs: boolean;
}

/** Looks at Docker rather than at k3d, which does not list a cluster that broke while it was made. */
export async function findCluster(name: string): Promise<K3dCluster | undefined> {
  const format = `{{.State}}\t{{.Label "k3d.role"}}\t{{.Label "${ownerLabel}"}}`;
  const command = ['docker', 'ps', '--all', '--filter', `label=k3d.cluster=${name}`, '--format', format];
  const nodes = (await run(command, 'Docker could not list its containers'))
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split('\t'));
  if (nodes.length === 0) return undefined;
  const owner = nodes.map(([, , folder]) => folder).find(Boolean);
  const running = nodes.filter(([state]) => state === 'running').map(([, role]) => role);
  return {
    owner: owner ? decodeURIComponent(owner) : undefined,
    runs: running.includes('server') && running.includes('loadbalancer'),
  };
}

interface BaseConfig {
  ports: { port: string }[];
  options: { k3s: { extraArgs: object[] } };
}

/** A cluster that is to be made. */
export interface WantedCluster {
  name: string;
  owner: string;
  port: number;
  /** The folder for the API server's audit log; none is written without. */
  audit?: string;
}

/** The committed config with the owner's mark and a free port; as text for `k3d cluster create --config`. */
export async function clusterConfig({ name, owner, port, audit }: WantedCluster): Promise<string> {
  const base = parse(await readFile(config, 'utf8')) as BaseConfig;
  const [entrance, ...others] = base.ports;
  const label = { label: `${ownerLabel}=${encodeURIComponent(owner)}`, nodeFilters: ['server:*', 'loadbalancer'] };
  const { volumes, k3sArgs } = audit ? auditConfig(audit) : { volumes: [], k3sArgs: [] };
  return stringify({
    ...base,
    metadata: { name },
    ports: [{ ...entrance, port: `${port}:80` }, ...others],
    volumes,
    options: {
      ...base.options,
      k3s: { ...base.options.k3s, extraArgs: [...base.options.k3s.extraArgs, ...k3sArgs] },
      runtime: { labels: [label] },
    },
  });
}

/** The port of this machine that leads to the cluster's port 80. */
export async function entrancePort(name: string): Promise<number | undefined> {
  const { stdout } = await attempt(['docker', 'port', `k3d-${name}-serverlb`, '80/tcp']);
  const port = Number(/:(\d+)\s*$/m.exec(stdout)?.[1]);
  return Number.isInteger(port) ? port : undefined;
}

/** The first of these ports that nobody listens on, on any address of this machine. */
export async function freePort(candidates: readonly number[]): Promise<number | undefined> {
  for (const port of candidates) {
    const isFree = await new Promise<boolean>((resolve) => {
      const server = createServer()
        .once('error', () => resolve(false))
        .listen(port, () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
  return undefined;
}
