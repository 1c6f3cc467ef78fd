/** The names that a ResourceQuota may limit, and whose objects each of them counts. */

/** Counted one by one under their own name, besides `count/<resource>`. */
const COUNTED = ['configmaps', 'persistentvolumeclaims', 'pods', 'replicationcontrollers', 'resourcequotas', 'secrets'];
const SERVICES = ['services', 'services.loadbalancers', 'services.nodeports'];
const COMPUTE = ['cpu', 'memory', 'ephemeral-storage'];

/** Whether the API accepts the name in `spec.hard`; what has a prefix with a slash is not looked at. */
export function isQuotaResource(name: string): boolean {
  if (name.includes('/')) return true;
  const [prefix, rest = ''] = splitPrefix(name);
  if (prefix) return COMPUTE.includes(rest) || rest.startsWith('hugepages-') || name === 'requests.storage';
  return [...COUNTED, ...SERVICES, ...COMPUTE].includes(name) || name.startsWith('hugepages-');
}

/** The resource whose objects use up `name`, as the store calls it: `limits.cpu` → `pods`, `count/jobs.batch` → `jobs.batch`. */
export function consumerOf(name: string): string {
  if (name.startsWith('count/')) return name.slice('count/'.length);
  if (name.startsWith('services')) return 'services';
  if (name === 'requests.storage' || name.includes('.storageclass.storage.k8s.io/')) return 'persistentvolumeclaims';
  return COUNTED.includes(name) ? name : 'pods';
}

function splitPrefix(name: string): [prefix: string, rest: string | undefined] {
  const match = /^(requests|limits)\.(.+)$/.exec(name);
  return match ? [match[1] ?? '', match[2]] : ['', undefined];
}
