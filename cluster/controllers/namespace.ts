/** Namespace: gives each the objects that pods expect, and empties one that is being deleted. */
import type { Controller } from '../client/controller.ts';
import { keyOf } from '../client/controller.ts';
import type { ResourceRef } from '../client/client.ts';
import * as resources from '../client/resources.ts';
import { isStatusError } from '../objects/status-error.ts';
import type { ConfigMap, KubeObject, Namespace, ServiceAccount } from '../objects/types.ts';
import type { ControllerContext } from './context.ts';

const ROOT_CERTIFICATE = 'kube-root-ca.crt';
const recheckMs = 500;

/** Owners before what they own, so that nothing is created anew while the namespace empties; events last. */
const contents: readonly ResourceRef[] = [
  resources.horizontalPodAutoscalers,
  resources.cronJobs,
  resources.jobs,
  resources.deployments,
  resources.replicaSets,
  resources.statefulSets,
  resources.daemonSets,
  resources.controllerRevisions,
  resources.pods,
  resources.services,
  resources.endpoints,
  resources.endpointSlices,
  resources.persistentVolumeClaims,
  resources.podDisruptionBudgets,
  resources.networkPolicies,
  resources.limitRanges,
  resources.resourceQuotas,
  resources.configMaps,
  resources.secrets,
  resources.roleBindings,
  resources.roles,
  resources.serviceAccounts,
  resources.leases,
  resources.events,
];

export function createNamespaceController({ client, informers, options }: ControllerContext): Controller {
  const namespaceInformer = informers.for(resources.namespaces);
  const serviceAccountInformer = informers.for(resources.serviceAccounts);
  const configMapInformer = informers.for(resources.configMaps);

  async function reconcile(key: string): Promise<{ requeueAfterMs: number } | void> {
    const namespace = namespaceInformer.get(key);
    if (!namespace) return undefined;
    if (namespace.metadata.deletionTimestamp) return empty(namespace);
    await ensure(resources.serviceAccounts, serviceAccountInformer.get(`${key}/default`), defaultServiceAccount(key));
    const certificate = rootCertificate(key, options.rootCertificate);
    await ensure(resources.configMaps, configMapInformer.get(`${key}/${ROOT_CERTIFICATE}`), certificate);
    return undefined;
  }

  async function ensure<T extends KubeObject>(ref: ResourceRef<T>, current: T | undefined, wanted: T): Promise<void> {
    if (current) return;
    try {
      await client.create(ref, wanted);
    } catch (error) {
      if (!isStatusError(error, 'AlreadyExists')) throw error;
    }
  }

  /** Deletes all contents; the namespace goes when the lists come back empty, as pods take their time to end. */
  async function empty(namespace: Namespace): Promise<{ requeueAfterMs: number } | void> {
    let left = 0;
    for (const ref of contents) {
      const { items } = await client.list(ref, { namespace: namespace.metadata.name });
      left += items.length;
      for (const item of items) if (!item.metadata.deletionTimestamp) await remove(ref, item);
    }
    if (left > 0) return { requeueAfterMs: recheckMs };
    try {
      await client.finalize({ ...namespace, spec: { finalizers: [] } });
    } catch (error) {
      if (!isStatusError(error, 'NotFound')) throw error;
    }
    return undefined;
  }

  async function remove(ref: ResourceRef, { metadata }: KubeObject): Promise<void> {
    const { name = '', namespace, uid } = metadata;
    try {
      await client.delete(ref, name, { namespace, uid, propagationPolicy: 'Background' });
    } catch (error) {
      if (!isStatusError(error, 'NotFound')) throw error;
    }
  }

  const namespaceKey = ({ metadata }: KubeObject, name: string) =>
    metadata.name === name && metadata.namespace ? [metadata.namespace] : [];
  return {
    name: 'namespace',
    watches: [
      { informer: namespaceInformer, keysOf: (namespace: Namespace) => [keyOf(namespace)] },
      { informer: serviceAccountInformer, keysOf: (object: ServiceAccount) => namespaceKey(object, 'default') },
      { informer: configMapInformer, keysOf: (object: ConfigMap) => namespaceKey(object, ROOT_CERTIFICATE) },
    ],
    reconcile,
  };
}

function defaultServiceAccount(namespace: string): ServiceAccount {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } };
}

function rootCertificate(namespace: string, certificate: string): ConfigMap {
  const description =
    'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as ' +
    'the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of ' +
    'Kubernetes clusters.';
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: ROOT_CERTIFICATE, namespace, annotations: { 'kubernetes.io/description': description } },
    data: { 'ca.crt': certificate },
  };
}
