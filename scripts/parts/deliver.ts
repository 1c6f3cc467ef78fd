import { attempt, lastWords, Problem, run, say } from './script.ts';
import type { ToolName } from './tools.ts';

/** Which cluster, or registry, an image was built for. */
export const imageLabel = 'brokenprod.target';

/** Where built images go. Registries are written as they are in an image's name: `registry.example/team`. */
export interface Delivery {
  tools: readonly ToolName[];
  /** Whether one name may stand there for images of several platforms. */
  holdsPlatforms: boolean;
  /** @throws Problem naming what did not arrive */
  deliver(refs: readonly string[], signal: AbortSignal): Promise<void>;
  /** Makes the references unknown there. */
  forget(refs: readonly string[], signal: AbortSignal): Promise<void>;
}

/**
 * @param target `k3d:NAME`, `kind:NAME`, `minikube:PROFILE` or a registry
 */
export function deliveryTo(target: string): Delivery {
  const [, kind, name = ''] = /^(k3d|kind|minikube):(.+)$/.exec(target) ?? [];
  if (kind === 'k3d') {
    const load = (refs: readonly string[]) => ['k3d', 'image', 'import', ...refs, '--cluster', name];
    return nodes('k3d', target, { load, ...containers(`k3d.cluster=${name}`, 'k3d.role') });
  }
  if (kind === 'kind') {
    const load = (refs: readonly string[]) => ['kind', 'load', 'docker-image', ...refs, '--name', name];
    return nodes('kind', target, { load, ...containers(`io.x-k8s.kind.cluster=${name}`, 'io.x-k8s.kind.role') });
  }
  return kind === 'minikube' ? nodes('minikube', target, minikube(name)) : registry(target);
}

/** A cluster whose nodes keep images themselves. */
interface Nodes {
  load(refs: readonly string[]): readonly string[];
  /** The full names that each node holds. */
  held(): Promise<readonly ReadonlySet<string>[]>;
  forget(refs: readonly string[], signal: AbortSignal): Promise<void>;
}

function nodes(tool: ToolName, target: string, cluster: Nodes): Delivery {
  return {
    tools: ['docker', tool],
    holdsPlatforms: false,
    async deliver(refs, signal) {
      say(`Bringing ${refs.length} images into ${target}`);
      let { missing, said } = await loadOnce(refs, cluster, signal);
      if (missing.length === 0) return;
      say(`${missing.length} did not arrive: once more`);
      ({ missing, said } = await loadOnce(missing, cluster, signal));
      if (missing.length === 0) return;
      const why = lastWords(said);
      throw new Problem(`${missing.join(', ')} did not get into ${target}: ${why}. Run it again; what arrived stays`);
    },
    forget: (refs, signal) => cluster.forget(refs.map(fullName), signal),
  };
}

/** Loading can fail half-way and still exit with 0, so the nodes are asked what they hold. */
async function loadOnce(
  refs: readonly string[],
  cluster: Nodes,
  signal: AbortSignal,
): Promise<{ missing: readonly string[]; said: string }> {
  const { stdout, stderr } = await attempt(cluster.load(refs), signal);
  signal.throwIfAborted();
  const held = await cluster.held();
  const missing = refs.filter((ref) => held.length === 0 || held.some((names) => !names.has(fullName(ref))));
  return { missing, said: stderr || stdout };
}

/**
 * Nodes that are containers of this machine's Docker.
 * @param cluster the label that all containers of the cluster carry
 * @param role the label that tells a node from, say, a load balancer
 */
function containers(cluster: string, role: string): Pick<Nodes, 'held' | 'forget'> {
  return {
    held: async () => Promise.all((await nodesOf(cluster, role)).map(imagesOn)),
    async forget(refs, signal) {
      for (const node of await nodesOf(cluster, role)) {
        await attempt(['docker', 'exec', node, 'crictl', 'rmi', ...refs], signal);
      }
    },
  };
}

async function nodesOf(cluster: string, role: string): Promise<string[]> {
  const format = `{{.Names}}\t{{.Label "${role}"}}`;
  const command = ['docker', 'ps', '--filter', `label=${cluster}`, '--format', format];
  const lines = (await run(command, 'Docker could not list its containers')).split('\n').filter(Boolean);
  const isNode = /^(server|agent|control-plane|worker)$/;
  return lines.map((line) => line.split('\t')).flatMap(([name, is = '']) => (name && isNode.test(is) ? [name] : []));
}

async function imagesOn(node: string): Promise<Set<string>> {
  const { stdout, ok } = await attempt(['docker', 'exec', node, 'crictl', 'images', '--output', 'json']);
  if (!ok) return new Set();
  const { images = [] } = JSON.parse(stdout) as { images?: { repoTags?: string[] }[] };
  return new Set(images.flatMap(({ repoTags }) => repoTags ?? []));
}

/** As containerd writes a name: with the registry that Docker leaves out. */
function fullName(ref: string): string {
  const [first = '', ...rest] = ref.split('/');
  if (rest.length === 0) return `docker.io/library/${ref}`;
  return /[.:]|^localhost$/.test(first) ? ref : `docker.io/${ref}`;
}

function minikube(profile: string): Nodes {
  const image = ['minikube', '--profile', profile, 'image'];
  return {
    load: (refs) => [...image, 'load', ...refs],
    async held() {
      const names = await run([...image, 'ls'], 'minikube could not list its images');
      return [new Set(names.split('\n').map((name) => name.trim()))];
    },
    async forget(refs, signal) {
      await attempt([...image, 'rm', ...refs], signal);
    },
  };
}

function registry(target: string): Delivery {
  return {
    tools: ['docker'],
    holdsPlatforms: true,
    async deliver(refs, signal) {
      for (const ref of refs) {
        say(`Pushing ${ref}`);
        await run(
          ['docker', 'push', ref],
          `${ref} could not be pushed (docker login ${target.split('/')[0]}?)`,
          signal,
        );
      }
    },
    forget(refs) {
      const words = `${refs.join(', ')} must go, and a registry can't be told so from here`;
      throw new Problem(`${words}. Delete the tag there, or start anew with another path`);
    },
  };
}
