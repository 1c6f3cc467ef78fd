import type { Client, ResourceRef } from '../client/client.ts';
import { clusterRoleBindings, clusterRoles, namespaces, services, storageClasses } from '../client/resources.ts';
import { isStatusError } from '../objects/status-error.ts';
import type { KubeObject, Namespace, Service, StorageClass } from '../objects/types.ts';
import { builtInBindings, builtInRoles } from './bootstrap-roles.ts';
import { PROVISIONER } from './volumes/annotations.ts';

const initialNamespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** Creates what every cluster has before anybody uses it. What is there already stays as it is. */
export async function bootstrapObjects(client: Client): Promise<void> {
  for (const name of initialNamespaces) await createOnce(client, namespaces, namespace(name));
  for (const role of builtInRoles) await createOnce(client, clusterRoles, role);
  for (const binding of builtInBindings) await createOnce(client, clusterRoleBindings, binding);
  await createOnce(client, services, apiService);
  await createOnce(client, storageClasses, localPath);
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
    clusterIP: '10.43.0.1',
    ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }],
  },
};

const localPath: StorageClass = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'local-path', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  provisioner: PROVISIONER,
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'WaitForFirstConsumer',
};
