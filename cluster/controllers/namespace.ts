/** Namespace: gives each the objects that pods expect, and empties one that is being deleted. */
import { isDeepStrictEqual } from 'node:util';
import type { Controller } from '../client/controller.ts';
import { keyOf } from '../client/controller.ts';
import type { ResourceRef } from '../client/client.ts';
import * as resources from '../client/resources.ts';
import { isStatusError } from '../objects/status-error.ts';
import type { ConfigMap, KubeObject, Namespace, ServiceAccount } from '../objects/types.ts';
import type { ControllerContext } from './context.ts';
import { deletionConditions, type Remains } from './namespace/conditions.ts';
import { removeContents } from './namespace/contents.ts';

const ROOT_CERTIFICATE = 'kube-root-ca.crt';
const recheckMs = 500;

export function createNamespaceController({ client, informers, clock, options }: ControllerContext): Controller {
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
    const remains = await removeContents(client, namespace.metadata.name ?? '');
    try {
      const reported = await report(namespace, remains);
      if (remains.objects.size > 0) return { requeueAfterMs: recheckMs };
      await client.finalize({ ...reported, spec: { finalizers: [] } });
    } catch (error) {
      if (!isStatusError(error, 'NotFound')) throw error;
    }
    return undefined;
  }

  async function report(namespace: Namespace, remains: Remains): Promise<Namespace> {
    const conditions = deletionConditions(namespace.status?.conditions ?? [], remains, clock.now());
    if (isDeepStrictEqual(namespace.status?.conditions, conditions)) return namespace;
    return await client.updateStatus(resources.namespaces, {
      ...namespace,
      status: { ...namespace.status, conditions },
    });
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
