import { generateSuffix } from '../../objects/names.ts';
import { forbidden } from '../../objects/status-error.ts';
import type { PodSpec, ServiceAccount } from '../../objects/types.ts';
import type { AdmissionReview } from './index.ts';
import { nameInMessages } from './name-in-messages.ts';

const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';
const tokenLifetimeSeconds = 3607;

/**
 * Gives each pod a service account and mounts its token.
 * Differs: a pod may use `default` before the controller has made it.
 */
export function serviceAccount({ kind, object, old, store, random }: AdmissionReview): void {
  if (old || kind.kind !== 'Pod' || !object.spec) return;
  const spec = object.spec as PodSpec;
  const { namespace = '' } = object.metadata;
  const name = spec.serviceAccountName || spec.serviceAccount || 'default';
  spec.serviceAccountName = name;
  spec.serviceAccount = name;

  const account: ServiceAccount | undefined = store.get('serviceaccounts', namespace, name);
  if (!account && name !== 'default') {
    const why = `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`;
    throw forbidden(kind, nameInMessages(object), why);
  }
  if (spec.automountServiceAccountToken ?? account?.automountServiceAccountToken ?? true) {
    mountToken(spec, `kube-api-access-${generateSuffix(random)}`);
  }
}

function mountToken(spec: PodSpec, newName: string): void {
  const existing = spec.volumes?.find((volume) => volume.name?.startsWith('kube-api-access-'));
  const name = existing?.name ?? newName;
  let isUsed = false;
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? [])]) {
    if (container.volumeMounts?.some((mount) => mount.mountPath === mountPath)) continue;
    container.volumeMounts = [...(container.volumeMounts ?? []), { mountPath, name, readOnly: true }];
    isUsed = true;
  }
  if (!isUsed || existing) return;
  const namespaceField = { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' }, path: 'namespace' };
  const projected = {
    defaultMode: 0o644,
    sources: [
      { serviceAccountToken: { expirationSeconds: tokenLifetimeSeconds, path: 'token' } },
      { configMap: { items: [{ key: 'ca.crt', path: 'ca.crt' }], name: 'kube-root-ca.crt' } },
      { downwardAPI: { items: [namespaceField] } },
    ],
  };
  spec.volumes = [...(spec.volumes ?? []), { name, projected }];
}
