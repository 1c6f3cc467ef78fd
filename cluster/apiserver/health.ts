/** `/healthz`, `/livez` and `/readyz`: one word, or with `?verbose` a line for each check. */
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

export function healthText(path: string, { query }: Pick<ApiRequest, 'query'>): string {
  if (!query.has('verbose')) return 'ok';
  const name = path.slice(1);
  const excluded = new Set(query.getAll('exclude'));
  const lines = checksOf(name).map((check) => (excluded.has(check) ? `[+]${check} excluded: ok` : `[+]${check} ok`));
  return [...lines, `${name} check passed`, ''].join('\n');
}

/** Ready is also who has seen all there is, and is not about to leave. */
function checksOf(name: string): string[] {
  if (name !== 'readyz') return checks;
  const afterStore = checks.indexOf('etcd') + 1;
  return [...checks.slice(0, afterStore), 'etcd-readiness', 'informer-sync', ...checks.slice(afterStore), 'shutdown'];
}
