/** A reference to an image, taken apart and completed as a container runtime does. */
export interface ImageReference {
  /** `docker.io/library/web`. */
  repository: string;
  /** `latest` when the reference names neither tag nor digest. */
  tag?: string;
  digest?: string;
  /** Fully written, `docker.io/library/web:v1`. */
  full: string;
}

const path = /^[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*$/;
const host = /^(?:localhost|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|[A-Za-z0-9.-]+:\d+|localhost:\d+)$/;
const tagName = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const digestName = /^sha256:[0-9a-f]{64}$/;

/**
 * Reads `[registry/]name[:tag][@digest]`; the registry `docker.io` and its folder `library` may be left out.
 * Undefined when the text is no valid reference.
 */
export function parseImageReference(text: string): ImageReference | undefined {
  const [named = '', digest, ...rest] = text.split('@');
  if (rest.length > 0 || (digest !== undefined && !digestName.test(digest))) return undefined;
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  const name = hasTag ? named.slice(0, colon) : named;
  const tag = hasTag ? named.slice(colon + 1) : digest ? undefined : 'latest';
  if (tag !== undefined && !tagName.test(tag)) return undefined;
  const [first = '', ...others] = name.split('/');
  const hasHost = others.length > 0 && host.test(first);
  const local = hasHost ? others.join('/') : name;
  if (!path.test(local)) return undefined;
  const registry = hasHost ? first : 'docker.io';
  const folder = registry === 'docker.io' && !local.includes('/') ? 'library/' : '';
  const repository = `${registry}/${folder}${local}`;
  return { repository, tag, digest, full: `${repository}${tag ? `:${tag}` : ''}${digest ? `@${digest}` : ''}` };
}
