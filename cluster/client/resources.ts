import type {
  ConfigMap,
  Deployment,
  Endpoints,
  EndpointSlice,
  Event,
  KubeObject,
  Namespace,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  ReplicaSet,
  Secret,
  Service,
  ServiceAccount,
  StorageClass,
} from '../objects/types.ts';
import type { ResourceRef } from './client.ts';

function ref<T extends KubeObject>(
  apiVersion: string,
  kind: string,
  resource: string,
  namespaced = true,
): ResourceRef<T> {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  return { group: group ?? '', version: version ?? '', resource, kind, namespaced };
}

export const pods = ref<Pod>('v1', 'Pod', 'pods');
export const services = ref<Service>('v1', 'Service', 'services');
export const endpoints = ref<Endpoints>('v1', 'Endpoints', 'endpoints');
export const configMaps = ref<ConfigMap>('v1', 'ConfigMap', 'configmaps');
export const secrets = ref<Secret>('v1', 'Secret', 'secrets');
export const events = ref<Event>('v1', 'Event', 'events');
export const namespaces = ref<Namespace>('v1', 'Namespace', 'namespaces', false);
export const nodes = ref<Node>('v1', 'Node', 'nodes', false);
export const serviceAccounts = ref<ServiceAccount>('v1', 'ServiceAccount', 'serviceaccounts');
export const persistentVolumeClaims = ref<PersistentVolumeClaim>(
  'v1',
  'PersistentVolumeClaim',
  'persistentvolumeclaims',
);
export const persistentVolumes = ref<PersistentVolume>('v1', 'PersistentVolume', 'persistentvolumes', false);
export const deployments = ref<Deployment>('apps/v1', 'Deployment', 'deployments');
export const replicaSets = ref<ReplicaSet>('apps/v1', 'ReplicaSet', 'replicasets');
export const endpointSlices = ref<EndpointSlice>('discovery.k8s.io/v1', 'EndpointSlice', 'endpointslices');
export const leases = ref<KubeObject>('coordination.k8s.io/v1', 'Lease', 'leases');
export const storageClasses = ref<StorageClass>('storage.k8s.io/v1', 'StorageClass', 'storageclasses', false);
