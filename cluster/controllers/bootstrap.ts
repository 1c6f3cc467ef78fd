import type { Client, ResourceRef } from '../client/client.ts';
import {
  clusterRoleBindings,
  clusterRoles,
  endpoints,
  endpointSlices,
  namespaces,
  priorityClasses,
  services,
  storageClasses,
} from '../client/resources.ts';
import { SERVICE_NAME } from '../objects/endpoint-slices.ts';
import { isStatusError } from '../objects/status-error.ts';
import type {
  Endpoints,
  EndpointSlice,
  KubeObject,
  Namespace,
  PriorityClass,
  Service,
  StorageClass,
} from '../objects/types.ts';
import { builtInBindings, builtInRoles } from './bootstrap-roles.ts';
import { PROVISIONER } from './volumes/annotations.ts';

const initialNamespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** Where pods find the API server. */
export const apiServer = {
  clusterIP: '10.43.0.1',
  port: 6443,
  hosts: ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local'],
} as const;

/**
 * Creates what every cluster has before anybody uses it. What is there already stays as it is.
 * @param apiAddress the node on which the API server listens
 * @param storageClass whether there is a default class for volumes
 */
export async function bootstrapObjects(
  client: Client,
  apiAddress: string,
  { storageClass = true }: { storageClass?: boolean } = {},
): Promise<void> {
  for (const name of initialNamespaces) await createOnce(client, namespaces, namespace(name));
  for (const role of builtInRoles) await createOnce(client, clusterRoles, role);
  for (const binding of builtInBindings) await createOnce(client, clusterRoleBindings, binding);
  await createOnce(client, services, apiService);
  await createOnce(client, endpoints, apiEndpoints(apiAddress));
  await createOnce(client, endpointSlices, apiSlice(apiAddress));
  if (storageClass) await createOnce(client, storageClasses, localPath);
  for (const priorityClass of systemPriorityClasses) await createOnce(client, priorityClasses, priorityClass);
}

async function createOnce<T extends KubeObject>(client: Client, ref: ResourceRef<T>, object: T): Promise<void> {
  const { name = '', namespace } = object.metadata;
  try {
    await client.get(ref, name, namespace);
  } catch (error) {
    if (!isStatusError(error, 'NotFound')) throw error;
    await client.create(ref, object);
  }
}

function namespace(name: string): Namespace {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

const apiService: Service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name: 'kubernetes',
    namespace: 'default',
    labels: { component: 'apiserver', provider: 'kubernetes' },
  },
  spec: {
    clusterIP: apiServer.clusterIP,
    ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: apiServer.port }],
  },
};

const apiPorts = [{ name: 'https', port: apiServer.port, protocol: 'TCP' }];

function apiEndpoints(ip: string): Endpoints {
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      name: 'kubernetes',
      namespace: 'default',
      labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' },
    },
    subsets: [{ addresses: [{ ip }], ports: apiPorts }],
  };
}

function apiSlice(ip: string): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'kubernetes', namespace: 'default', labels: { [SERVICE_NAME]: 'kubernetes' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [ip], conditions: { ready: true } }],
    ports: apiPorts,
  };
}

const systemPriorityClasses: readonly PriorityClass[] = [
  {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: 'system-cluster-critical' },
    value: 2_000_000_000,
    description:
      'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  },
  {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: 'system-node-critical' },
    value: 2_000_001_000,
    description: 'Used for system critical pods that must not be moved from their current node.',
  },
];

const localPath: StorageClass = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'local-path', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  provisioner: PROVISIONER,
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'WaitForFirstConsumer',
};
