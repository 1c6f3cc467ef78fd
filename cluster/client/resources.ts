import { parseGroupVersion } from '../objects/group-version.ts';
import type {
  ClusterRole,
  ClusterRoleBinding,
  ConfigMap,
  ControllerRevision,
  CronJob,
  DaemonSet,
  Deployment,
  Endpoints,
  EndpointSlice,
  Event,
  HorizontalPodAutoscaler,
  Ingress,
  Job,
  KubeObject,
  LimitRange,
  Namespace,
  NetworkPolicy,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PodDisruptionBudget,
  PriorityClass,
  ReplicaSet,
  ReplicationController,
  ResourceQuota,
  Secret,
  Service,
  ServiceAccount,
  StatefulSet,
  StorageClass,
} from '../objects/types.ts';
import type { ResourceRef } from './client.ts';

function ref<T extends KubeObject>(
  apiVersion: string,
  kind: string,
  resource: string,
  namespaced = true,
): ResourceRef<T> {
  return { ...parseGroupVersion(apiVersion), resource, kind, namespaced };
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
export const replicationControllers = ref<ReplicationController>(
  'v1',
  'ReplicationController',
  'replicationcontrollers',
);
export const statefulSets = ref<StatefulSet>('apps/v1', 'StatefulSet', 'statefulsets');
export const daemonSets = ref<DaemonSet>('apps/v1', 'DaemonSet', 'daemonsets');
export const controllerRevisions = ref<ControllerRevision>('apps/v1', 'ControllerRevision', 'controllerrevisions');
export const jobs = ref<Job>('batch/v1', 'Job', 'jobs');
export const cronJobs = ref<CronJob>('batch/v1', 'CronJob', 'cronjobs');
export const clusterRoles = ref<ClusterRole>('rbac.authorization.k8s.io/v1', 'ClusterRole', 'clusterroles', false);
export const clusterRoleBindings = ref<ClusterRoleBinding>(
  'rbac.authorization.k8s.io/v1',
  'ClusterRoleBinding',
  'clusterrolebindings',
  false,
);
export const endpointSlices = ref<EndpointSlice>('discovery.k8s.io/v1', 'EndpointSlice', 'endpointslices');
export const leases = ref<KubeObject>('coordination.k8s.io/v1', 'Lease', 'leases');
export const priorityClasses = ref<PriorityClass>('scheduling.k8s.io/v1', 'PriorityClass', 'priorityclasses', false);
export const storageClasses = ref<StorageClass>('storage.k8s.io/v1', 'StorageClass', 'storageclasses', false);
export const resourceQuotas = ref<ResourceQuota>('v1', 'ResourceQuota', 'resourcequotas');
export const limitRanges = ref<LimitRange>('v1', 'LimitRange', 'limitranges');
export const networkPolicies = ref<NetworkPolicy>('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies');
export const ingresses = ref<Ingress>('networking.k8s.io/v1', 'Ingress', 'ingresses');
export const podDisruptionBudgets = ref<PodDisruptionBudget>(
  'policy/v1',
  'PodDisruptionBudget',
  'poddisruptionbudgets',
);
export const horizontalPodAutoscalers = ref<HorizontalPodAutoscaler>(
  'autoscaling/v2',
  'HorizontalPodAutoscaler',
  'horizontalpodautoscalers',
);
