import { statSync } from 'node:fs';
import type { Image } from '../runtime/container-runtime.ts';
import { parseImageReference } from '../runtime/image-reference.ts';

/** What the pull policy wants before a container starts. Pure. */
export type PullDecision =
  | { kind: 'present' }
  | { kind: 'pull' }
  /** The container cannot start until somebody changes something. */
  | { kind: 'refused'; reason: 'ErrImageNeverPull' | 'InvalidImageName'; message: string };

export function decidePull(reference: string, policy: string | undefined, image: Image | undefined): PullDecision {
  if (!parseImageReference(reference)) {
    return {
      kind: 'refused',
      reason: 'InvalidImageName',
      message: `Failed to apply default image tag "${reference}": couldn't parse image name "${reference}": ${formatProblem(reference)}`,
    };
  }
  if (policy === 'Never' && !image) {
    const message = `Container image "${reference}" is not present with pull policy of Never`;
    return { kind: 'refused', reason: 'ErrImageNeverPull', message };
  }
  return image && policy !== 'Always' ? { kind: 'present' } : { kind: 'pull' };
}

/** Capital letters are the mistake that has words of its own. */
function formatProblem(reference: string): string {
  const name = reference.replace(/@.*$/, '').replace(/:[^:/]*$/, '');
  const [first = '', ...others] = name.split('/');
  const hasHost = others.length > 0 && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  const path = hasHost ? others.join('/') : others.length > 0 ? name : `library/${name}`;
  const problem = 'invalid reference format';
  return path === path.toLowerCase() ? problem : `${problem}: repository name (${path}) must be lowercase`;
}

/**
 * Whether a registry would hand out the image that the node has. One under a registry's name came from there; any other
 * was built or imported here, and no registry has ever heard of it.
 */
export function canPullAgain(reference: string, image: Image): boolean {
  return image.published === true || !parseImageReference(reference)?.repository.startsWith('docker.io/');
}

/** An image is a program here, so its size is the program's. */
export function imageSizeBytes({ entry }: Image): number {
  return statSync(entry, { throwIfNoEntry: false })?.size ?? 0;
}

/** Registries that everybody can ask. */
const reachableHosts = new Set([
  'docker.io',
  'gcr.io',
  'ghcr.io',
  'mcr.microsoft.com',
  'public.ecr.aws',
  'quay.io',
  'registry.k8s.io',
]);

/**
 * Why a pull failed, in the words of containerd: of a name that exists the tag is missing, of another nothing is known,
 * on this machine no registry listens, and of the hosts that others made up no name server has heard.
 */
export function pullFailure(reference: string, knowsRepository: boolean): string {
  const parsed = parseImageReference(reference);
  const full = parsed?.full ?? reference;
  const prefix = `failed to pull and unpack image "${full}": failed to resolve image: `;
  const [host = '', ...path] = parsed?.repository.split('/') ?? [];
  const version = parsed?.digest ?? parsed?.tag;
  if (parsed && !knowsRepository && !reachableHosts.has(host) && !/^(localhost|[\d.]+)(:|$)/.test(host)) {
    const url = `https://${host}/v2/${path.join('/')}/manifests/${version}`;
    const name = host.replace(/:\d+$/, '');
    return `${prefix}failed to do request: Head "${url}": dial tcp: lookup ${name} on 127.0.0.53:53: no such host`;
  }
  const local = /^(localhost|127\.0\.0\.1)(?::(\d+))?\/(.*)$/.exec(parsed?.repository ?? '');
  if (local && !knowsRepository) {
    const [, , port = '80', name] = local;
    const url = `http://${host}/v2/${name}/manifests/${version}`;
    return `${prefix}failed to do request: Head "${url}": dial tcp 127.0.0.1:${port}: connect: connection refused`;
  }
  return knowsRepository
    ? `rpc error: code = NotFound desc = ${prefix}${full}: not found`
    : `${prefix}pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`;
}
