/** `/healthz`, `/livez` and `/readyz`: one word, or with `?verbose` a line for each check; `/readyz/etcd` is one of them. */
import type { ApiRequest } from './request-handler.ts';

export const healthPaths: readonly string[] = ['/healthz', '/livez', '/readyz'];

/**
 * Differs: the parts that a real server names are one process here. When it answers at all, they are well; what
 * extends the API (custom resources, aggregation) is not there and not named.
 */
const checks = [
  'ping',
  'log',
  'etcd',
  'poststarthook/start-apiserver-admission-initializer',
  'poststarthook/generic-apiserver-start-informers',
  'poststarthook/start-system-namespaces-controller',
  'poststarthook/start-cluster-authentication-info-controller',
  'poststarthook/rbac/bootstrap-roles',
  'poststarthook/scheduling/bootstrap-system-priority-classes',
  'poststarthook/bootstrap-controller',
  'poststarthook/start-kubernetes-service-cidr-controller',
];

/** What a path of health answers; undefined for paths of checks that there are not. Pure. */
export function healthText(path: string, { query }: Pick<ApiRequest, 'query'>): string | undefined {
  const root = healthPaths.find((one) => path === one || path.startsWith(`${one}/`));
  if (!root) return undefined;
  const name = root.slice(1);
  const asked = checksOf(name);
  if (path !== root) return asked.includes(path.slice(root.length + 1)) ? 'ok' : undefined;
  if (!query.has('verbose')) return 'ok';
  const excluded = new Set(query.getAll('exclude'));
  const lines = asked.map((check) => (excluded.has(check) ? `[+]${check} excluded: ok` : `[+]${check} ok`));
  const unknown = [...excluded].filter((check) => !asked.includes(check)).toSorted();
  if (unknown.length > 0) {
    const quoted = unknown.map((check) => JSON.stringify(check)).join(', ');
    lines.push(`warn: some health checks cannot be excluded: no matches for ${quoted}`);
  }
  return [...lines, `${name} check passed`, ''].join('\n');
}

/** The paths of single checks, as the list of all paths has them. */
export const checkPaths: readonly string[] = healthPaths.flatMap((root) =>
  checksOf(root.slice(1)).map((check) => `${root}/${check}`),
);

/** Ready is also who has seen all there is, and is not about to leave. */
function checksOf(name: string): string[] {
  if (name !== 'readyz') return checks;
  const afterStore = checks.indexOf('etcd') + 1;
  return [...checks.slice(0, afterStore), 'etcd-readiness', 'informer-sync', ...checks.slice(afterStore), 'shutdown'];
}
