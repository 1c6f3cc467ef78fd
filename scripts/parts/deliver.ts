import { attempt, lastWords, Problem, run, say } from './script.ts';
import type { ToolName } from './tools.ts';

/** Which cluster, or registry, an image was built for. */
export const imageLabel = 'brokenprod.target';

/** Where built images go. Registries are written as they are in an image's name: `registry.example/team`. */
export interface Delivery {
  tools: readonly ToolName[];
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
    return nodes('k3d', target, { cluster: `k3d.cluster=${name}`, role: 'k3d.role', load });
  }
  if (kind === 'kind') {
    const load = (refs: readonly string[]) => ['kind', 'load', 'docker-image', ...refs, '--name', name];
    return nodes('kind', target, { cluster: `io.x-k8s.kind.cluster=${name}`, role: 'io.x-k8s.kind.role', load });
  }
  return kind === 'minikube' ? minikube(name) : registry(target);
}

interface NodeContainers {
  /** The label that all containers of the cluster carry. */
  cluster: string;
  /** The label that tells a node from, say, a load balancer. */
  role: string;
  load(refs: readonly string[]): readonly string[];
}

/** Clusters whose nodes are containers of this machine's Docker. */
function nodes(tool: ToolName, target: string, containers: NodeContainers): Delivery {
  return {
    tools: ['docker', tool],
    async deliver(refs, signal) {
      say(`Bringing ${refs.length} images into ${target}`);
      let { missing, said } = await loadOnce(refs, containers, signal);
      if (missing.length === 0) return;
      say(`${missing.length} did not arrive: once more`);
      ({ missing, said } = await loadOnce(missing, containers, signal));
      if (missing.length === 0) return;
      const why = lastWords(said);
      throw new Problem(`${missing.join(', ')} did not get into ${target}: ${why}. Run it again; what arrived stays`);
    },
    async forget(refs, signal) {
      for (const node of await nodesOf(containers)) {
        await attempt(['docker', 'exec', node, 'crictl', 'rmi', ...refs.map(fullName)], signal);
      }
    },
  };
}

/** Loading can fail half-way and still exit with 0, so the nodes are asked what they hold. */
async function loadOnce(
  refs: readonly string[],
  containers: NodeContainers,
  signal: AbortSignal,
): Promise<{ missing: readonly string[]; said: string }> {
  const { stdout, stderr } = await attempt(containers.load(refs), signal);
  signal.throwIfAborted();
  const held = await Promise.all((await nodesOf(containers)).map(imagesOn));
  const missing = refs.filter((ref) => held.length === 0 || held.some((names) => !names.has(fullName(ref))));
  return { missing, said: stderr || stdout };
}

async function nodesOf({ cluster, role }: NodeContainers): Promise<string[]> {
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

function minikube(profile: string): Delivery {
  const each = async (verb: string, refs: readonly string[], signal: AbortSignal): Promise<void> => {
    for (const ref of refs) {
      await run(['minikube', '--profile', profile, 'image', verb, ref], `minikube could not ${verb} ${ref}`, signal);
    }
  };
  return {
    tools: ['docker', 'minikube'],
    deliver: (refs, signal) => each('load', refs, signal),
    forget: (refs, signal) => each('rm', refs, signal),
  };
}

function registry(target: string): Delivery {
  return {
    tools: ['docker'],
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
