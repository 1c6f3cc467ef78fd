/** What a path of the API names. */
export interface Target {
  group: string;
  version: string;
  resource: string;
  namespace?: string;
  name?: string;
  subresource?: string;
  /** What follows `…/proxy`, with its slash. */
  rest?: string;
  /** Asked for in the old way, by a path that begins with `watch` after the version: `/api/v1/watch/pods`. */
  isWatch?: true;
}

/**
 * Takes a resource's path apart; undefined for paths that name no resource.
 * `/api/v1/namespaces/shop/pods/web-1/log` → core v1 pods `web-1` in `shop`, subresource `log`.
 */
export function parseTarget(path: string): Target | undefined {
  const [root, ...parts] = path.split('/').filter(Boolean).map(decode);
  const [group, version, ...segments] = root === 'api' ? ['', ...parts] : root === 'apis' ? parts : [];
  if (group === undefined || !version || segments.length === 0) return undefined;
  if (segments[0] !== 'watch') return targetOf(group, version, segments);
  return segments.length > 1 ? { ...targetOf(group, version, segments.slice(1)), isWatch: true } : undefined;
}

function targetOf(group: string, version: string, segments: readonly string[]): Target {
  const [first, scope, resource, name, subresource, ...rest] = segments;
  // `namespaces/x` and its subresources are objects of their own; `namespaces/x/pods` is a scope.
  if (first === 'namespaces' && scope && resource && !namespaceSubresources.has(resource)) {
    return withTail({ group, version, resource, namespace: scope }, name, subresource, rest);
  }
  return withTail({ group, version, resource: first ?? '' }, scope, resource, segments.slice(3));
}

const namespaceSubresources = new Set(['status', 'finalize']);

function withTail(target: Target, name: string | undefined, subresource: string | undefined, rest: string[]): Target {
  return {
    ...target,
    ...(name ? { name } : {}),
    ...(subresource ? { subresource } : {}),
    ...(rest.length > 0 ? { rest: `/${rest.map(encodeURIComponent).join('/')}` } : {}),
  };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
