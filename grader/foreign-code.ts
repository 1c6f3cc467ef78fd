import type { Kube } from '../lib/kube/kube.ts';
import { effectiveEnv } from './effective-env.ts';
import type { Container } from './state.ts';

/** Flags by which Node runs a module of somebody else's before the program. */
const loadingFlag = /(?:^|\s)(?:-r|--require|--import|--(?:experimental[-_])?loader)(?=[\s=]|$)/;
/** Where the recipe of all images puts the program. */
const programDir = '/app';

/** How a container runs other code than its image's, in words; empty when it does not. */
export async function foreignCode(kube: Kube, namespace: string, now: Container, was: Container): Promise<string[]> {
  const covered = (now.volumeMounts ?? [])
    .map(({ mountPath }) => mountPath.replace(/\/+$/, ''))
    .filter((path) => path === programDir || path.startsWith(`${programDir}/`))
    .filter((path) => !was.volumeMounts?.some(({ mountPath }) => mountPath === path));
  // Node takes quotes away before it reads a flag.
  const loads = (options = ''): boolean => loadingFlag.test(options.replaceAll(/["\\]/g, ''));
  const isLoaded = loads(await nodeOptions(kube, namespace, now)) && !loads(literalOptions(was)?.value);
  return [
    ...covered.map((path) => `a volume lies over its program at ${path}`),
    ...(isLoaded ? ['its NODE_OPTIONS load other code into it'] : []),
  ];
}

/** The cluster is asked only where the Deployment alone does not say. */
async function nodeOptions(kube: Kube, namespace: string, container: Container): Promise<string | undefined> {
  const literal = literalOptions(container);
  const isSaid = literal ? literal.value !== undefined && !literal.value.includes('$(') : !container.envFrom?.length;
  return isSaid ? literal?.value : (await effectiveEnv(kube, namespace, container)).get('NODE_OPTIONS');
}

function literalOptions({ env = [] }: Container): { value?: string } | undefined {
  return env.findLast(({ name }) => name === 'NODE_OPTIONS');
}
