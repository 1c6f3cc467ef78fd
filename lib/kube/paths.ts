/** The little that is needed of an object to find its place in the API. */
export interface Addressable {
  apiVersion: string;
  kind: string;
  metadata: { name?: string; namespace?: string };
}

const clusterScoped = new Set([
  'Namespace',
  'Node',
  'PersistentVolume',
  'StorageClass',
  'ClusterRole',
  'ClusterRoleBinding',
  'PriorityClass',
  'IngressClass',
]);

/** `deployments` for `Deployment`: the plural that the API uses for its built-in kinds. */
export function resourceOf(kind: string): string {
  const name = kind.toLowerCase();
  if (name === 'endpoints') return name;
  if (/(s|x|ch)$/.test(name)) return `${name}es`;
  if (/[^aeiou]y$/.test(name)) return `${name.slice(0, -1)}ies`;
  return `${name}s`;
}

/** The URL path of a kind's collection. */
export function collectionPath(apiVersion: string, kind: string, namespace?: string): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const scope = clusterScoped.has(kind) || !namespace ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${root}${scope}/${resourceOf(kind)}`;
}

/** The URL path of one object; an object without a namespace belongs to `defaultNamespace`. */
export function objectPath(object: Addressable, defaultNamespace = 'default'): string {
  const namespace = object.metadata.namespace ?? defaultNamespace;
  return `${collectionPath(object.apiVersion, object.kind, namespace)}/${encodeURIComponent(object.metadata.name ?? '')}`;
}
