/**
 * How lists and maps of the API merge. OpenAPI carries this as `x-kubernetes-patch-merge-key` and
 * `x-kubernetes-list-map-keys`; the handful of lists that matter are written down here instead.
 */

/** Of a list: `merge` identifies an item for strategic merge, `apply` for server-side apply. */
export interface ListKeys {
  merge: string;
  apply: readonly string[];
}

const NAME: ListKeys = { merge: 'name', apply: ['name'] };
const TYPE: ListKeys = { merge: 'type', apply: ['type'] };
const IP: ListKeys = { merge: 'ip', apply: ['ip'] };
const CONTAINER_PORT: ListKeys = { merge: 'containerPort', apply: ['containerPort', 'protocol'] };

/** By `parent/field`, or by `field` alone where every list of that name is alike. */
const KEYED_LISTS: Readonly<Record<string, ListKeys>> = {
  containers: NAME,
  initContainers: NAME,
  ephemeralContainers: NAME,
  env: NAME,
  volumes: NAME,
  imagePullSecrets: NAME,
  resourceClaims: NAME,
  secrets: NAME,
  volumeMounts: { merge: 'mountPath', apply: ['mountPath'] },
  volumeDevices: { merge: 'devicePath', apply: ['devicePath'] },
  hostAliases: IP,
  podIPs: IP,
  hostIPs: IP,
  conditions: TYPE,
  addresses: TYPE,
  topologySpreadConstraints: { merge: 'topologyKey', apply: ['topologyKey', 'whenUnsatisfiable'] },
  ownerReferences: { merge: 'uid', apply: ['uid'] },
  'containers/ports': CONTAINER_PORT,
  'initContainers/ports': CONTAINER_PORT,
  'ephemeralContainers/ports': CONTAINER_PORT,
  'spec/ports': { merge: 'port', apply: ['port', 'protocol'] },
};

/** Fields that one manager owns as a whole. Lists that are not named above are so, too. */
const ATOMIC_MAPS = new Set([
  'selector',
  'nodeSelector',
  'fieldRef',
  'resourceFieldRef',
  'configMapKeyRef',
  'secretKeyRef',
  'targetRef',
  'involvedObject',
]);

/** The keys of the list `field` inside `parent` (itself a field name, '' at the top); undefined when it has none. */
export function listKeys(parent: string, field: string): ListKeys | undefined {
  return KEYED_LISTS[`${parent}/${field}`] ?? (Object.hasOwn(KEYED_LISTS, field) ? KEYED_LISTS[field] : undefined);
}

/** Lists of plain values that merge as sets. */
export function isSet(parent: string, field: string): boolean {
  return parent === 'metadata' && field === 'finalizers';
}

export function isAtomicMap(field: string): boolean {
  return ATOMIC_MAPS.has(field);
}

/** The value of a key that an applied item may leave out because the server fills it in. */
export function keyDefault(key: string): string | undefined {
  return key === 'protocol' ? 'TCP' : undefined;
}
