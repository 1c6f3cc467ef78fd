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
      message: `Failed to apply default image tag "${reference}": couldn't parse image name "${reference}": invalid reference format`,
    };
  }
  if (policy === 'Never' && !image) {
    const message = `Container image "${reference}" is not present with pull policy of Never`;
    return { kind: 'refused', reason: 'ErrImageNeverPull', message };
  }
  return image && policy !== 'Always' ? { kind: 'present' } : { kind: 'pull' };
}

/** Why a pull failed, in the words of containerd: of a name that exists the tag is missing, of another nothing is known. */
export function pullFailure(reference: string, knowsRepository: boolean): string {
  const full = parseImageReference(reference)?.full ?? reference;
  const prefix = `failed to pull and unpack image "${full}": failed to resolve image: `;
  return knowsRepository
    ? `rpc error: code = NotFound desc = ${prefix}${full}: not found`
    : `${prefix}pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`;
}
